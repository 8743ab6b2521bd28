/// Takes a value that a measured loop has made, and tells the optimiser nothing about what becomes
/// of it: without it, work whose result nobody reads is not done at all.
@inline(never)
@_optimize(none)
package func blackHole<Value>(_ value: Value) {}

/// Returns what it is given, which the optimiser can't know: a constant that a measured loop starts
/// from would be computed with when the program is compiled.
@inline(never)
@_optimize(none)
package func opaque<Value>(_ value: Value) -> Value { value }
