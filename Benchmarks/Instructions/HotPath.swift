/// What is counted: each by itself, in a process and a store of its own.
enum HotPath: String, CaseIterable {
    case readPresent = "read-present"
    case readMapped = "read-mapped"
    case readHot = "read-hot"
    case readAbsent = "read-absent"
    case readCompacted = "read-compacted"
    case readTouched = "read-touched"
    case writeBlocking = "write-blocking"
    case writeAsync = "write-async"
    case storeRead = "store-read"
    case storeUpdate = "store-update"
    case sessionDecode = "session-decode"
    case sessionEncode = "session-encode"

    /// Returns what is to be counted, in a store that is ready for it.
    func prepare(in directory: String) async throws -> CountedLoop {
        switch self {
        case .readPresent: try LogPaths(directory).readPresent()
        case .readMapped: try LogPaths(directory, isMapped: true).readPresent()
        case .readHot: try LogPaths(directory, isHot: true).readHot()
        case .readAbsent: try LogPaths(directory).readAbsent()
        case .readCompacted: try LogPaths(directory).readCompacted()
        case .readTouched: try LogPaths(directory).readTouched()
        case .writeBlocking: try LogPaths(directory).writeBlocking()
        case .writeAsync: try LogPaths(directory).writeAsync()
        case .storeRead: try await StorePaths(directory).read()
        case .storeUpdate: try await StorePaths(directory).update()
        case .sessionDecode: try DocumentPaths().decode()
        case .sessionEncode: try DocumentPaths().encode()
        }
    }
}

/// Runs a path once for each of ``operationCount`` records, which make up for each other's lengths.
///
/// The argument tells one pass from the next. One closure for all: one for each operation would be
/// counted with it.
typealias CountedLoop = @Sendable (_ pass: Int) async throws -> Void

/// How often a path is run in one pass.
let operationCount = 1_000

/// A path that does not do what is to be counted.
struct WrongPath: Error {
    var detail: String

    /// Throws unless `holds`.
    static func require(_ holds: Bool, _ detail: @autoclosure () -> String) throws(WrongPath) {
        guard holds else { throw WrongPath(detail: detail()) }
    }
}
