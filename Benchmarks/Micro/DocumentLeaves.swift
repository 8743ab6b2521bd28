import MeasuredWork
import SessionCore

/// A session's document of 600 bytes, dynamic and as a type of the author's.
struct DocumentLeaves {
    /// The state of the workload's sessions.
    struct State: Codable {
        struct Flags: Codable {
            var optIn: Bool
            var muted: Bool
        }

        struct Item: Codable {
            var sku: String
            var qty: Int
            var price: Double
        }

        struct Message: Codable {
            var t: Int64
            var from: String
            var text: String
        }

        var step: String
        var lang: String
        var turns: Int
        var flags: Flags
        var cart: [Item]?
        var history: [Message]
    }

    private let documents = Workload.records(0..<256).map(\.value)

    func measure(_ meter: inout Meter) throws {
        try measureDynamic(&meter)
        try measureTyped(&meter)
    }

    private func measureDynamic(_ meter: inout Meter) throws {
        try meter.measure("json-parse") { count in
            for number in 0..<count { blackHole(try JSON(parsing: documents[number & 0xFF])) }
        }
        let values = try documents.map { try JSON(parsing: $0) }
        try meter.measure("json-encode") { count in
            var sum = 0
            for number in 0..<count { sum &+= try values[number & 0xFF].encoded().count }
            blackHole(sum)
        }
    }

    private func measureTyped(_ meter: inout Meter) throws {
        let sessions = try documents.map { try Session(decoding: $0) }
        try meter.measure("session-decode") { count in
            for number in 0..<count { blackHole(try Session(decoding: documents[number & 0xFF])) }
        }
        try meter.measure("session-encode") { count in
            var sum = 0
            for number in 0..<count { sum &+= try sessions[number & 0xFF].encoded().count }
            blackHole(sum)
        }
        try meter.measure("state-decode-typed") { count in
            for number in 0..<count {
                blackHole(try sessions[number & 0xFF].state(as: State.self))
            }
        }
        let states = try sessions.map { try $0.state(as: State.self) }
        try meter.measure("state-encode-typed") { count in
            var session = sessions[0]
            for number in 0..<count { try session.setState(states[number & 0xFF]) }
            blackHole(session)
        }
    }
}
