#if Tools
    import Foundation
    import LogEngine
    import Testing

    /// Kills compactions at moments that nobody chose, and looks at what the next opening finds.
    ///
    /// The long form is `SESSION_COMPACTION_KILLS=500 swift test -c release --traits Tools --filter
    /// CompactionKill`; `SESSION_KILL_SEED` repeats one.
    @Suite(.serialized) struct CompactionKillTests {
        #if DEBUG
            private static let killCountStandard = 6
            private static let sessionCount = 2_000
        #else
            private static let killCountStandard = 20
            private static let sessionCount = 6_000
        #endif

        @Test func `a killed compaction leaves everything, and nothing besides`() async throws {
            let environment = ProcessInfo.processInfo.environment
            let killCount =
                environment["SESSION_COMPACTION_KILLS"].flatMap { Int($0) }
                ?? Self.killCountStandard
            let seed =
                environment["SESSION_KILL_SEED"].flatMap { UInt64($0) } ?? .random(in: 0...(.max))
            let scratch = try Scratch()
            let store = scratch.path("store")

            let campaign = try await onThread {
                var campaign = CompactionKillCampaign(
                    store, sessionCount: Self.sessionCount, seed: seed)
                try campaign.run(killCount: killCount)
                return campaign
            }

            print(campaign.text)
            #expect(campaign.findings == [], "seed \(seed)")
            #expect(campaign.killCount == killCount)
            // Some must be killed while they write: about half are on a machine that does nothing
            // else.
            if killCount >= 20 { #expect(campaign.interruptedCount * 40 > killCount) }
        }

        @Test(arguments: CompactionKillCampaign.Lie.allCases)
        func `the campaign finds out`(lie: CompactionKillCampaign.Lie) async throws {
            let scratch = try Scratch()
            let store = scratch.path("store")
            let campaign = try await onThread {
                var campaign = CompactionKillCampaign(store, sessionCount: 600, seed: 1)
                campaign.lie = lie
                try campaign.run(killCount: 1)
                return campaign
            }
            print("a store \(lie): \(campaign.findings.first ?? "not found out")")
            #expect(campaign.findings.contains { $0.contains(lie.trace) }, "\(campaign.findings)")
        }
    }

    /// What a store must hold, and what was found of it after each kill.
    struct CompactionKillCampaign: Sendable {
        /// What is done behind the model's back, to see whether it is found out.
        enum Lie: String, CaseIterable, Sendable {
            case forgets = "that forgets a session"
            case revives = "that brings a session back"
            case litters = "that leaves a file lying about"

            /// What a finding says that is of this.
            var trace: String {
                switch self {
                case .forgets: "is missing"
                case .revives: "is {"
                case .litters: "left behind"
                }
            }
        }

        var lie: Lie?
        /// Compactions that a kill ended.
        private(set) var killCount = 0
        /// Of them, those that left a file which the manifest does not name.
        private(set) var interruptedCount = 0
        /// Compactions that were done when their kill came.
        private(set) var finishedCount = 0
        private(set) var findings: [String] = []

        private let directory: String
        private let sessionCount: Int
        private let seed: UInt64
        private var random: SeededNumbers
        private var version = 0
        /// The version of each session that is there.
        private var known: [Int: Int] = [:]
        private var checkedCount = 0
        /// What a compaction takes that nobody kills: to its beginning, and to its end.
        private var beginning = 0.0
        private var end = 0.0

        init(_ directory: String, sessionCount: Int, seed: UInt64) {
            self.directory = directory
            self.sessionCount = sessionCount
            self.seed = seed
            random = SeededNumbers(state: seed)
        }

        var text: String {
            "compactions killed: \(killCount), of them with unfinished files: \(interruptedCount),"
                + " done before: \(finishedCount), sessions checked: \(checkedCount),"
                + " findings: \(findings.count), a compaction takes"
                + " \(Int((end - beginning) * 1_000)) ms after \(Int(beginning * 1_000)),"
                + " seed \(seed)"
        }

        mutating func run(killCount wanted: Int) throws {
            try work { (campaign, log) in
                for number in 0..<campaign.sessionCount { try campaign.write(number, in: log) }
                try campaign.change(in: log)
            }
            try measure()
            try work { (campaign, log) in try campaign.change(in: log) }
            // Those that are done before don't count, but not for ever.
            while killCount < wanted, finishedCount <= wanted * 2 {
                try killOnce()
                try work { (campaign, log) in
                    try campaign.check(log)
                    try campaign.change(in: log)
                }
                try verify()
            }
        }

        // MARK: Compacting

        /// Lets a compaction come to its end, and takes its time.
        private mutating func measure() throws {
            let compaction = try Tool.process("sessionctl", ["compact", directory, "--json"])
            let output = Pipe()
            compaction.standardOutput = output
            let started = ContinuousClock.now
            try compaction.run()
            let bytes = try output.fileHandleForReading.readToEnd() ?? Data()
            compaction.waitUntilExit()
            end = started.duration(to: .now) / .seconds(1)
            guard compaction.terminationStatus == 0 else {
                findings.append("a compaction ended with \(compaction.terminationStatus)")
                return
            }
            let report = try JSONDecoder().decode(Report.self, from: bytes)
            beginning = max(0, end - report.seconds)
            if report.inputSegments < 2 { findings.append("a compaction had nothing to do") }
        }

        private struct Report: Decodable {
            var seconds: Double
            var inputSegments: Int
        }

        private mutating func killOnce() throws {
            let compaction = try Tool.process("sessionctl", ["compact", directory])
            compaction.standardOutput = FileHandle.nullDevice
            let started = ContinuousClock.now
            try compaction.run()
            let moment = Double.random(in: beginning * 0.9...end, using: &random)
            usleep(UInt32(max(0, moment - started.duration(to: .now) / .seconds(1)) * 1_000_000))
            // The number of one that has ended may be another's by now.
            if compaction.isRunning { kill(compaction.processIdentifier, SIGKILL) }
            compaction.waitUntilExit()
            guard compaction.terminationReason == .uncaughtSignal else {
                finishedCount += 1
                if compaction.terminationStatus != 0 {
                    findings.append("a compaction ended with \(compaction.terminationStatus)")
                }
                // It takes less by now.
                end -= (end - beginning) / 10
                return
            }
            killCount += 1
            if try SegmentLog.inspect(directory).leftoverFiles.isEmpty {
                // It may take more by now, with others at work.
                end += (end - beginning) / 10
            } else {
                interruptedCount += 1
            }
        }

        // MARK: The store

        /// Opens the store, which finds nothing wrong with it, and closes it afterwards.
        private mutating func work(
            _ body: (inout Self, SegmentLog) throws -> Void
        ) throws {
            var options = LogOptions()
            options.segmentByteCountMax = 256 << 10
            options.durability = .interval(.seconds(1))
            options.maintenance = .manual
            let log = try SegmentLog(directory, options: options)
            if log.recovery.damages != [] { note("damages: \(log.recovery.damages)") }
            if let tail = log.recovery.tornTail { note("torn: \(tail)") }
            try body(&self, log)
            try log.closeBlocking()
        }

        private mutating func note(_ finding: String) {
            findings.append("kill \(killCount): \(finding)")
        }

        private mutating func write(_ number: Int, in log: SegmentLog) throws {
            version += 1
            _ = try log.writeBlocking(Self.key(number), Self.value(number, version))
            known[number] = version
        }

        /// Writes, touches and destroys a tenth each, so that the next compaction has work.
        private mutating func change(in log: SegmentLog) throws {
            for _ in 0..<sessionCount / 10 {
                try write(.random(in: 0..<sessionCount, using: &random), in: log)
                let touched = Int.random(in: 0..<sessionCount, using: &random)
                if try log.touchBlocking(Self.key(touched)) != (known[touched] != nil) {
                    note("touch of \(touched) met another store than known")
                }
                let removed = Int.random(in: 0..<sessionCount, using: &random)
                if try log.removeBlocking(Self.key(removed)) != (known[removed] != nil) {
                    note("removal of \(removed) met another store than known")
                }
                known[removed] = nil
            }
        }

        private static func key(_ number: Int) -> [UInt8] { Array("web:U\(number)".utf8) }

        private static func value(_ number: Int, _ version: Int) -> [UInt8] {
            var words = SeededNumbers(state: UInt64(number) << 32 | UInt64(version))
            let notes = (0..<40).map { _ in "\(UInt16.random(in: 0...(.max), using: &words))" }
            let text = notes.joined(separator: "\",\"")
            return Array(
                #"{"id":"web:U\#(number)","_state":{"version":\#(version),"notes":["\#(text)"]}}"#
                    .utf8)
        }

        // MARK: Looking

        private mutating func check(_ log: SegmentLog) throws {
            try deceive(log)
            for number in 0..<sessionCount {
                let found = try log.read(Self.key(number))?.value
                if found != known[number].map({ Self.value(number, $0) }) {
                    let text = found.map { String(decoding: $0, as: UTF8.self) } ?? "missing"
                    note("session \(number), version \(known[number] ?? 0), is \(text)")
                }
                checkedCount += 1
            }
            let count = try log.count()
            if count != known.count { note("\(count) sessions, \(known.count) expected") }
            try checkFiles()
        }

        /// Expects the files that the manifest names, and no other.
        private mutating func checkFiles() throws {
            let inspection = try SegmentLog.inspect(directory)
            let named = Set(inspection.segments.map(\.file))
            let fixed: Set = ["LOCK", "MANIFEST", "CHECKPOINT", "RESERVE"]
            let names = Set(try FileManager.default.contentsOfDirectory(atPath: directory))
            let strangers = names.subtracting(named).subtracting(fixed)
            if !strangers.isEmpty { note("left behind: \(strangers.sorted())") }
            let missing = named.subtracting(names)
            if !missing.isEmpty { note("missing: \(missing.sorted())") }
        }

        private mutating func verify() throws {
            let report = try SegmentLog.verify(directory)
            if !report.isSound { note("verify: \(report.damages)") }
            if report.keyCount != known.count {
                note("verify counts \(report.keyCount) sessions, \(known.count) expected")
            }
        }

        private func deceive(_ log: SegmentLog) throws {
            switch lie {
            case nil: return
            case .forgets:
                guard let number = known.keys.min() else { return }
                _ = try log.removeBlocking(Self.key(number))
            case .revives:
                guard let gone = (0..<sessionCount).first(where: { known[$0] == nil }) else {
                    return
                }
                _ = try log.writeBlocking(Self.key(gone), Self.value(gone, 0))
            case .litters:
                try Data([0]).write(to: URL(filePath: directory + "/4000000000.segment"))
            }
        }
    }
#endif
