extension Session {
    /// The name of the platform, which is the part of the id before its first colon.
    public var platform: String { id.platform }

    /// What sort of conversation this is.
    ///
    /// Documents of Bottender 1.x don't say. There it is derived from LINE's `type`, the first
    /// letter of a Slack channel, the sign of a Telegram chat, or whichever of `group`, `room` and
    /// `channel` is there; else it is a user.
    public var kind: SessionKind {
        get {
            document[Field.kind]?.string.flatMap(SessionKind.init(rawValue:))
                ?? SessionKind(of: document, under: id)
        }
        set { document[Field.kind] = .string(newValue.rawValue) }
    }

    /// The person the bot talks to, or in a conversation of several the one who spoke last.
    public var user: JSON? {
        get { present("user") }
        set { document["user"] = newValue }
    }

    /// The group that the conversation takes place in.
    public var group: JSON? {
        get { present("group") }
        set { document["group"] = newValue }
    }

    /// The LINE room that the conversation takes place in.
    public var room: JSON? {
        get { present("room") }
        set { document["room"] = newValue }
    }

    /// The channel that the conversation takes place in.
    public var channel: JSON? {
        get { present("channel") }
        set { document["channel"] = newValue }
    }

    /// The Messenger or Facebook page that is talked to.
    public var page: JSON? {
        get { present("page") }
        set { document["page"] = newValue }
    }

    /// The Slack team that the channel belongs to.
    public var team: JSON? {
        get { present("team") }
        set { document["team"] = newValue }
    }

    /// The ids of the persons whom the document names, each once.
    ///
    /// They are the `user`, and the `members` of group, room and channel; a number is given as its
    /// text. Telegram's and LINE's groups don't list everybody who is in them.
    public var participants: [String] {
        var found: [String] = []
        if let user, let person = Self.personID(user) { found.append(person) }
        for container in [group, room, channel] {
            found += container?["members"]?.array?.compactMap(Self.personID) ?? []
        }
        var seen: Set<ExactText> = []
        return found.filter { seen.insert(ExactText($0)).inserted }
    }

    /// The value of a field, with `null` as nothing.
    private func present(_ field: String) -> JSON? {
        let value = document[field]
        return value == .null ? nil : value
    }

    /// The id of a person, who is an object with an `id` or `userId`, or only that.
    private static func personID(_ person: JSON) -> String? {
        let id = person["id"] ?? person["userId"] ?? person
        return id.string ?? id.number?.text
    }
}
