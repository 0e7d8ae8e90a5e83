/* connectors.h - the tables that mdm.c looks up, one per file of this folder. */
#pragma once

#include "mdm/mdm.h"

extern const struct mdm_connector mdm_http;
