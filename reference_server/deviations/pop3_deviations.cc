#include "reference_server/deviations/deviations.h"
namespace mailspec::reference {
const std::vector<Switch>& deviations() { static const std::vector<Switch> kAll; return kAll; }
}
