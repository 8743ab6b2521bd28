/// The members of a JSON object, in the order in which they were written.
///
/// Keys are compared byte by byte, not by Unicode equivalence. Lookup is O(1): a scan of a few
/// members, and past sixteen of them a dictionary. Two objects are equal when they have the
/// same members, in whatever order.
public struct JSONObject: Sendable {
    /// A key and its value.
    public typealias Member = (key: String, value: JSON)

    /// Up to this many members a scan is faster than a dictionary, and takes no memory.
    static let scanMax = 16

    private(set) var members: [StoredMember] = []

    /// Where each key is in `members`; nil as long as there are few.
    private var places: [ExactText: Int]?

    /// Creates an object without members.
    public init() {}

    /// How many members there are.
    public var count: Int { members.count }

    /// Whether there are no members.
    public var isEmpty: Bool { members.isEmpty }

    /// The keys, in order.
    public var keys: [String] { members.map(\.key) }

    /// The value under `key`, or `nil` when there is no such member.
    ///
    /// A new key goes to the end, a known one keeps its place, and `nil` removes the member, at a
    /// cost of O(count). A member whose value is JSON's `null` is `.null`, not `nil`.
    public subscript(key: String) -> JSON? {
        get {
            place(of: key).map { members[$0].value }
        }
        set {
            switch (place(of: key), newValue) {
            case (let place?, let value?): members[place].value = value
            case (nil, let value?): append(key, value)
            case (let place?, nil): remove(at: place)
            case (nil, nil): break
            }
        }
    }

    /// Takes over every member of `other`, replacing the values of those that are here already.
    public mutating func merge(_ other: JSONObject) {
        for member in other.members { self[member.key] = member.value }
    }

    /// Puts `value` before all other members, which must not have `key`.
    mutating func prepend(_ key: String, _ value: JSON) {
        members.insert(StoredMember(key: key, value: value), at: 0)
        indexIfLarge()
    }

    private func place(of key: String) -> Int? {
        if let places { return places[ExactText(key)] }
        let wanted = key.utf8.span
        let members = members.span
        for place in members.indices where members[place].key.utf8.count == wanted.count {
            if ExactText.areSame(members[place].key.utf8.span, wanted) { return place }
        }
        return nil
    }

    /// Sets the value under `key`, as the subscript does, for the parser.
    mutating func set(_ key: consuming String, to value: consuming JSON) {
        if let place = place(of: key) {
            members[place].value = value
        } else {
            if members.isEmpty { members.reserveCapacity(8) }
            append(key, value)
        }
    }

    private mutating func append(_ key: consuming String, _ value: consuming JSON) {
        members.append(StoredMember(key: key, value: value))
        guard members.count > Self.scanMax else { return }
        if places == nil {
            indexIfLarge()
        } else {
            let place = members.count - 1
            places?[ExactText(members[place].key)] = place
        }
    }

    private mutating func remove(at place: Int) {
        members.remove(at: place)
        indexIfLarge()
    }

    private mutating func indexIfLarge() {
        places = nil
        guard members.count > Self.scanMax else { return }
        var places: [ExactText: Int] = [:]
        places.reserveCapacity(members.count * 2)
        for (place, member) in members.enumerated() { places[ExactText(member.key)] = place }
        self.places = places
    }

    struct StoredMember: Sendable {
        let key: String
        var value: JSON
    }
}

extension JSONObject: Equatable {
    /// Whether both have the same members, in whatever order.
    public static func == (left: Self, right: Self) -> Bool {
        let (ours, theirs) = (left.members.span, right.members.span)
        // Two copies that nobody has changed share their members, as do most parts of two that
        // somebody has.
        if ours.isIdentical(to: theirs) { return true }
        guard ours.count == theirs.count else { return false }
        // From the end: what changes most, the state, comes after what says whose it is.
        for index in ours.indices.reversed() {
            if ExactText.areSame(ours[index].key, theirs[index].key) {
                guard ours[index].value == theirs[index].value else { return false }
            } else {
                guard right[ours[index].key] == ours[index].value else { return false }
            }
        }
        return true
    }
}

extension JSONObject: RandomAccessCollection {
    /// The position of the first member.
    public var startIndex: Int { 0 }

    /// The position after the last member.
    public var endIndex: Int { members.count }

    /// The member at `position`.
    public subscript(position: Int) -> Member {
        (members[position].key, members[position].value)
    }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
    /// Creates an object with the members of a literal; of equal keys the last value wins.
    public init(dictionaryLiteral elements: (String, JSON)...) {
        for (key, value) in elements { self[key] = value }
    }
}
