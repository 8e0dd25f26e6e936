#include "reference_server/deviations/deviations.h"
namespace mailspec::reference {
const std::vector<Switch>& variations() { static const std::vector<Switch> kAll; return kAll; }
}
