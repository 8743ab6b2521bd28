import CPeers

/// One thing that sessions are kept in, open, as the phases use it.
///
/// Phases are generic over it and never reach it through an existential, which would cost more than
/// some of the reads that are measured.
protocol Engine: Sendable {
    /// How keys and values lie in memory for it.
    associatedtype List: ByteList
    /// What each thread needs of its own.
    associatedtype User

    /// The settings in force, in words.
    var settings: String { get }

    /// The process that holds the data in memory; 0 is this one.
    var process: Int { get }

    /// Makes what one thread needs; `detach` takes it back.
    func attach() throws -> User
    func detach(_ user: User)

    /// Stores a value under a key, both from lists.
    func put(
        _ keys: List,
        _ key: Int,
        _ values: List,
        _ value: Int,
        with user: User
    ) throws

    /// Copies the key's value where this program can use it, and returns how many bytes it has, -1
    /// when there is none.
    func get(_ keys: List, _ key: Int, with user: User) throws -> Int

    /// Returns the key's value; for checks that no clock runs for.
    func value(_ keys: List, _ key: Int, with user: User) throws -> [UInt8]?

    /// Makes everything written so far durable.
    func sync() throws

    /// Gives back what space it can.
    func compact() throws

    /// Closes it in order.
    func close() throws
}

/// What acknowledges a write.
enum Acknowledgement: Sendable {
    /// The operating system has it.
    case buffered
    /// The disk has it.
    case durable
}

/// Does nothing, to see what the loops themselves cost.
struct NullEngine: Engine {
    let settings = "does nothing"
    let process = 0

    func attach() {}
    func detach(_ user: Void) {}

    @inline(never)
    func put(
        _ keys: ByteArrays,
        _ key: Int,
        _ values: ByteArrays,
        _ value: Int,
        with user: Void
    ) {}

    @inline(never)
    func get(_ keys: ByteArrays, _ key: Int, with user: Void) -> Int { keys.items[key].count }

    func value(_ keys: ByteArrays, _ key: Int, with user: Void) -> [UInt8]? { nil }
    func sync() {}
    func compact() {}
    func close() {}
}
