/// A line of results that is not a measurement.
public struct BadLine: Error, Equatable, CustomStringConvertible {
    /// Which line, from 1.
    public var number: Int

    /// What is wrong with it.
    public var reason: String

    /// Both, as a sentence for people.
    public var description: String { "line \(number): \(reason)" }

    static func reason(_ error: DecodingError) -> String {
        switch error {
        case .keyNotFound(let key, _):
            "\(key.stringValue) is missing"
        case .valueNotFound(let type, let context):
            "\(path(context)) is null, and not \(type)"
        case .typeMismatch(let type, let context):
            "\(path(context)) is not \(type)"
        case .dataCorrupted(let context):
            context.codingPath.isEmpty
                ? "not JSON: \(context.debugDescription)"
                : "\(path(context)): \(context.debugDescription)"
        @unknown default:
            "\(error)"
        }
    }

    private static func path(_ context: DecodingError.Context) -> String {
        context.codingPath.isEmpty
            ? "the line" : context.codingPath.map(\.stringValue).joined(separator: ".")
    }
}
