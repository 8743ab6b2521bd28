#if Tools
    import Foundation
    import SessionCore
    import Testing

    /// Kills a bot at moments that nobody chose, and asks the next one what it remembers.
    @Suite(.serialized) struct KillTests {
        @Test func `a killed bot remembers everything that it acknowledged`() async throws {
            let environment = ProcessInfo.processInfo.environment
            let killCount = environment["SESSION_KILLS"].flatMap { Int($0) } ?? 200
            let seed =
                environment["SESSION_KILL_SEED"].flatMap { UInt64($0) } ?? .random(in: 0...(.max))
            let scratch = try Scratch()
            let store = scratch.path("store")

            let campaign = try await onThread {
                var campaign = KillCampaign(["--dirname", store], seed: seed)
                try campaign.run(killCount: killCount)
                return campaign
            }

            print(
                "kills: \(campaign.killCount), acknowledged turns: \(campaign.acknowledgedCount),"
                    + " lost: \(campaign.lostCount), seed \(seed)"
            )
            #expect(campaign.lostCount == 0, "seed \(seed): \(campaign.findings)")
            #expect(campaign.findings == [], "seed \(seed)")
            #expect(campaign.acknowledgedCount > killCount)
            #expect(try await Tool.control("verify", store).code % 2 == 0)
        }

        @Test func `the campaign finds out a bot that forgets`() async throws {
            let campaign = try await onThread {
                var campaign = KillCampaign(["--driver", "memory"], seed: 1)
                try campaign.run(killCount: 5)
                return campaign
            }
            print(
                "a bot with memory only: lost \(campaign.lostCount)"
                    + " of \(campaign.acknowledgedCount)"
            )
            #expect(campaign.lostCount > 0)
            #expect(campaign.lostCount == campaign.acknowledgedCount)
        }
    }

    /// What the bot must remember, and what came of it.
    struct KillCampaign: Sendable {
        private(set) var killCount = 0
        private(set) var acknowledgedCount = 0
        private(set) var lostCount = 0
        private(set) var findings: [String] = []

        private let arguments: [String]
        private var random: SeededNumbers
        /// What was acknowledged and found again.
        private var known = Notes()

        private struct Notes: Codable, Equatable, Sendable {
            var turnCount = 0
            var todos: [String] = []

            /// What a message makes of them.
            mutating func take(_ message: Message) {
                turnCount += 1
                switch message {
                case .add(let item): todos.append(item)
                case .finishFirst: if !todos.isEmpty { todos.removeFirst() }
                }
            }
        }

        private enum Message: Sendable {
            case add(String)
            case finishFirst

            var text: String {
                switch self {
                case .add(let item): "add \(item)"
                case .finishFirst: "done 1"
                }
            }
        }

        init(_ arguments: [String], seed: UInt64) {
            self.arguments = arguments
            random = SeededNumbers(state: seed)
        }

        mutating func run(killCount wanted: Int) throws {
            for _ in 0..<wanted {
                try runOnce()
                killCount += 1
            }
            let bot = try Conversation(arguments)
            try compare(bot, inFlight: inFlight)
            bot.end()
        }

        private var inFlight: Message?

        private mutating func runOnce() throws {
            let bot = try Conversation(arguments)
            try compare(bot, inFlight: inFlight)
            inFlight = nil
            for _ in 0..<Int.random(in: 1...5, using: &random) {
                let message = nextMessage()
                guard try bot.say(message.text)?.hasPrefix("[") == true else {
                    findings.append("kill \(killCount): no answer to \(message)")
                    return
                }
                known.take(message)
                acknowledgedCount += 1
            }
            // Half of the kills meet a message in work, half an idle bot.
            let isBusy = Bool.random(using: &random)
            let message = nextMessage()
            if isBusy { try bot.send(message.text) }
            usleep(.random(in: 0...30_000, using: &random))
            guard !bot.kill().isEmpty else {
                inFlight = isBusy ? message : nil
                return
            }
            // The answer had been given before the end came, so it counts.
            known.take(message)
            acknowledgedCount += 1
        }

        private mutating func nextMessage() -> Message {
            guard known.todos.count < 20 else { return .finishFirst }
            return .add("item \(UInt32.random(in: 0...(.max), using: &random))")
        }

        /// Holds what the bot remembers against what was acknowledged; the message in flight may or
        /// may not be part of it.
        private mutating func compare(_ bot: Conversation, inFlight: Message?) throws {
            let answer = try bot.say("/state") ?? ""
            let found = answer == "{}" ? Notes() : try JSON(parsing: answer).decode(as: Notes.self)
            var extended = known
            if let inFlight { extended.take(inFlight) }
            if found != known, found != extended {
                findings.append(
                    "kill \(killCount): \(known) or \(extended) expected, \(found) found")
                lostCount += max(0, known.turnCount - found.turnCount)
            }
            known = found
        }
    }

    /// Numbers that a seed decides.
    struct SeededNumbers: RandomNumberGenerator, Sendable {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var value = state
            value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
            value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
            return value ^ value >> 31
        }
    }
#endif
