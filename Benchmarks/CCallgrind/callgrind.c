#include "session_callgrind.h"
