// UIDPLUS (RFC 4315).
#include "harness/imap/grammar_parts.h"
#include "harness/imap/vocabulary.h"

namespace mailspec::imap::ext {

using namespace grammar;

namespace {
// resp-code-apnd = "APPENDUID" SP nz-number SP append-uid
bool append_uid(Cursor& c) { return c.sp() && nz_number(c) && c.sp() && uid_set(c); }
// resp-code-copy = "COPYUID" SP nz-number SP uid-set SP uid-set
bool copy_uid(Cursor& c) { return c.sp() && nz_number(c) && c.sp() && uid_set(c) && c.sp() && uid_set(c); }
}  // namespace

Extension uidplus() {
  return {
      .name = "UIDPLUS", .capabilities = {{.name = "UIDPLUS", .in_rev2 = true}}, .codes = {{"APPENDUID", append_uid}, {"COPYUID", copy_uid}, {"UIDNOTSTICKY"}}};
}

}  // namespace mailspec::imap::ext
