/// What sort of conversation a session belongs to.
public enum SessionKind: String, CaseIterable, Hashable, Sendable {
    /// One person and the bot.
    case user

    /// A group of people, on Slack a private channel or a direct message of several.
    case group

    /// LINE's gathering without a name.
    case room

    /// A public channel.
    case channel

    /// A thread or topic inside one of the others.
    case thread
}

extension SessionKind {
    /// Finds out the kind of a document that doesn't name it.
    ///
    /// Bottender 1.x wrote no kind, only LINE's `type`; elsewhere it shows in the fields that the
    /// platform filled, or in the shape of the key.
    init(of document: JSONObject, under id: SessionID) {
        let type = document["type"]?.string.flatMap(SessionKind.init(rawValue:))
        switch id.platform {
        case "slack": self = Self.slackKind(of: id.key)
        case "telegram": self = Self.telegramKind(of: document, key: id.key)
        case "line": self = type ?? Self.kind(byFieldsOf: document)
        default: self = Self.kind(byFieldsOf: document)
        }
    }

    /// Slack's channels begin with C, private ones and group messages with G, direct ones with D.
    private static func slackKind(of key: String) -> SessionKind {
        switch key.utf8.first {
        case UInt8(ascii: "C"): .channel
        case UInt8(ascii: "G"): .group
        default: .user
        }
    }

    /// Telegram counts groups downwards from zero; Bottender forgot to mark supergroups.
    private static func telegramKind(of document: JSONObject, key: String) -> SessionKind {
        let kind = kind(byFieldsOf: document)
        return kind == .user && key.utf8.first == UInt8(ascii: "-") ? .group : kind
    }

    private static func kind(byFieldsOf document: JSONObject) -> SessionKind {
        let kinds: [SessionKind] = [.group, .room, .channel]
        return kinds.first { document[$0.rawValue]?.object != nil } ?? .user
    }
}
