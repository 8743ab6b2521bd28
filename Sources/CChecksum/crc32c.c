#include "session_checksum.h"
