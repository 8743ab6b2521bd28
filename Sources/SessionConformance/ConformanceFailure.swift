/// A promise that a driver did not keep.
public struct ConformanceFailure: Error, Hashable, Sendable, CustomStringConvertible {
    /// The name of the check.
    public let check: String

    /// What was to be seen, and what was seen.
    public let problem: String

    /// Where the check says so.
    public let line: String

    /// All of it in one line.
    public var description: String { "\(check): \(problem) (\(line))" }
}

/// A problem on its way to the check that gives it a name.
struct Problem: Error {
    var text: String
    var line: String
}

/// Throws unless `isKept`.
func expect(
    _ isKept: Bool,
    _ promise: String,
    file: String = #fileID,
    line: Int = #line
) throws(Problem) {
    guard !isKept else { return }
    throw Problem(text: "expected that \(promise)", line: "\(file):\(line)")
}

/// Throws unless the two are the same.
func expect<Value: Equatable>(
    _ found: Value,
    is expected: Value,
    _ what: String,
    file: String = #fileID,
    line: Int = #line
) throws(Problem) {
    guard found != expected else { return }
    let text = "\(what): expected \(expected), found \(found)"
    throw Problem(text: text, line: "\(file):\(line)")
}

/// Cancels `body` and throws unless it returns in time.
func within(
    _ limit: Duration,
    _ promise: String,
    file: String = #fileID,
    line: Int = #line,
    _ body: @escaping @Sendable () async throws -> Void
) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await body() }
        group.addTask {
            try await Task.sleep(for: limit)
            let text = "expected that \(promise) within \(limit)"
            throw Problem(text: text, line: "\(file):\(line)")
        }
        try await group.next()
        group.cancelAll()
    }
}

/// Returns `value`, and throws when there is none.
func require<Value>(
    _ value: Value?,
    _ what: String,
    file: String = #fileID,
    line: Int = #line
) throws(Problem) -> Value {
    guard let value else { throw Problem(text: "no \(what)", line: "\(file):\(line)") }
    return value
}
