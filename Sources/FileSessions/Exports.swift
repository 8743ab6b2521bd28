// The options and reports of the store are the engine's own types, so whoever imports the driver
// needs their members too.
@_exported public import LogEngine
