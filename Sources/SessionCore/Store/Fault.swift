/// What went wrong, for whoever has to mend it.
///
/// The cause never quotes what a session says. An id may belong to a person, so it has a field of
/// its own, which a program can log or leave out, and is not part of the description.
public struct Fault: Hashable, Sendable, CustomStringConvertible {
    /// What the store was doing.
    @nonexhaustive
    public enum Operation: String, Hashable, Sendable {
        /// Reading a setting.
        case configure

        /// Opening the store.
        case open

        /// Closing the store.
        case close

        /// Reading a session.
        case read

        /// Writing a session.
        case write

        /// Reading, changing and writing a session in one step.
        case update

        /// Extending the life of a session.
        case touch

        /// Destroying one session or many.
        case destroy

        /// Listing ids or sessions.
        case list

        /// Counting sessions.
        case count

        /// Erasing what is known about a person.
        case erase

        /// Watching for expired sessions, or removing them.
        case expire

        /// Upkeep of the driver's own storage.
        case maintain
    }

    /// What the store was doing.
    public var operation: Operation

    /// The session it was about.
    public var id: SessionID?

    /// The file, or the server, that it happened at.
    public var place: String?

    /// Where in that file, in bytes.
    public var byteOffset: UInt64?

    /// The name of the setting that has to change.
    public var setting: String?

    /// What went wrong, in words that need no source code.
    public var cause: String

    /// Creates a fault.
    public init(
        _ operation: Operation,
        id: SessionID? = nil,
        place: String? = nil,
        byteOffset: UInt64? = nil,
        setting: String? = nil,
        cause: String
    ) {
        self.operation = operation
        self.id = id
        self.place = place
        self.byteOffset = byteOffset
        self.setting = setting
        self.cause = cause
    }

    /// Operation, place and cause in one line, without the id.
    public var description: String {
        var text = operation.rawValue
        if let setting { text += " of \(setting)" }
        if let place { text += " at \(place)" }
        if let byteOffset { text += ", byte \(byteOffset)" }
        return "\(text): \(cause)"
    }
}
