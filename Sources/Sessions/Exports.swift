// Whoever makes a store by its name goes on with the contract, and with what the file driver alone
// can do.
@_exported public import FileSessions
@_exported public import SessionCore
