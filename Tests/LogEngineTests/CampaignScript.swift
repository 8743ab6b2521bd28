import SimulatedDisks

@testable import LogEngine

/// One thing that happens in a store's life.
enum CampaignStep: Hashable, Sendable {
    case write(key: Int, byteCount: Int, ValueLifetime, StepCondition)
    case touch(key: Int)
    case remove(key: Int, StepCondition)
    case recordExpiry(key: Int)
    case read(key: Int)
    case sync
    case checkpoint
    case advance(milliseconds: Int64)
    /// Sets the wall clock forward, or back when negative; no time passes.
    case stepClock(milliseconds: Int64)
    /// Lets every later opening have this lifetime for values that don't say so themselves.
    case configure(lifetimeMilliseconds: UInt64?)
    /// Compacts everything when this is 0, sweeps and compacts what is due when it is 1, or else
    /// compacts the sealed segments that its bits say; those changes come in the middle of the
    /// last.
    case compact(choice: UInt64, meanwhile: [CampaignStep] = [])
    /// Closes the log and opens it again.
    case reopen
    /// Drops the log without closing it, and opens it again.
    case abandon
}

/// What a step asks of the key it writes.
enum StepCondition: Hashable, Sendable {
    case none
    case absent
    /// The revision that the key has.
    case current
    /// A revision that no key has.
    case stale
}

/// A store's life, step by step; the same seed gives the same one.
struct CampaignScript: Sendable {
    static let keyCount = 10
    /// Changes in the middle of a compaction have numbers from here on, so that no two write the
    /// same.
    static let stepCountMax = 10_000

    let seed: UInt64
    let options: LogOptions
    let steps: [CampaignStep]

    init(seed: UInt64, stepCount: Int, isDurable: Bool) {
        var random = SplitMix64(seed: seed &* 0x9E37_79B9 &+ 77)
        var options = LogOptions()
        options.segmentByteCountMax = [400, 600, 1_000, 2_000][random.number(below: 4)]
        options.checkpointByteCount = [600, 1_500, 6_000][random.number(below: 3)]
        options.sequenceReservation = UInt64(3 + random.number(below: 20))
        options.lifetimeMilliseconds = [nil, 60_000, 60_000, 600_000][random.number(below: 4)]
        options.expiryGraceMilliseconds = CampaignTimes.grace
        // What the log lets go by itself, and when, no script could tell.
        options.maintenance = .manual
        options.compression = random.coin() ? .none : .lz4
        switch random.number(below: 4) {
        case 0: options.compactedCompression = .none
        case 1: options.compactedCompression = .lz4
        default:
            options.compactedCompression = .zstandard(level: 3)
            options.fixedDictionary = Self.dictionary
        }
        // So short that even the smallest compaction has a middle.
        options.compactionStepByteCount = 100
        options.openFileCountMax = 2 + random.number(below: 4)
        // So long that only the script syncs, and every run does the same.
        options.durability = isDurable ? .durable : .interval(.seconds(1_000_000))
        self.seed = seed
        self.options = options
        steps = (0..<stepCount).map { _ in Self.step(&random) }
    }

    /// Of the values of all scripts, which begin alike.
    static let dictionary: [UInt8]? = {
        var samples = DictionarySamples()
        for step in 0..<4_000 {
            let script = CampaignScript(seed: UInt64(step % 7), options: LogOptions(), steps: [])
            samples.add(script.value(ofStep: step, byteCount: 400), key: key(step % keyCount))
        }
        return DictionaryTrainer.train(samples, byteCount: 2_048, level: 3)?.bytes
    }()

    init(seed: UInt64, options: LogOptions, steps: [CampaignStep]) {
        self.seed = seed
        self.options = options
        self.steps = steps
    }

    /// The keys of all scripts, short and long.
    static func key(_ number: Int) -> [UInt8] {
        let tail = number % 4 == 3 ? String(repeating: "x", count: 90) : ""
        return Array("key-\(number)\(tail)".utf8)
    }

    /// The number of a key; nil when it is none of theirs.
    static func number(of key: [UInt8]) -> Int? {
        (0..<keyCount).first { self.key($0) == key }
    }

    /// Calls `body` for each change in the middle of step `number`; returns how one failed, which
    /// ends it.
    static func each(
        _ meanwhile: [CampaignStep],
        of number: Int,
        _ body: (CampaignStep, Int) throws -> Void
    ) -> (any Error)? {
        do {
            for (index, step) in meanwhile.enumerated() {
                try body(step, number + (index + 1) * stepCountMax)
            }
            return nil
        } catch {
            return error
        }
    }

    /// What step `number` writes: no two steps write the same.
    func value(ofStep number: Int, byteCount: Int) -> [UInt8] {
        var value = Array("value of step \(number) in script \(seed);".utf8)
        var random = SplitMix64(seed: UInt64(number))
        // Every third value ends in zeros, which are also what lies ahead of a log's end.
        while value.count < byteCount {
            value.append(number % 3 == 0 ? 0 : UInt8(truncatingIfNeeded: random.next()))
        }
        return value
    }

    private static func step(_ random: inout SplitMix64) -> CampaignStep {
        let key = random.number(below: keyCount)
        switch random.number(below: 100) {
        case 0..<53: return change(&random)
        case 53..<59: return .touch(key: key)
        case 59..<66: return .recordExpiry(key: key)
        case 66..<69: return .read(key: key)
        case 69..<72: return .sync
        case 72..<74: return .checkpoint
        case 74..<80: return .advance(milliseconds: pause(&random))
        case 80..<83: return .stepClock(milliseconds: clockStep(&random))
        case 83..<87: return .configure(lifetimeMilliseconds: setting(&random))
        case 87..<95: return compact(&random)
        case 95..<98: return .reopen
        default: return .abandon
        }
    }

    /// Writes or removes something, mostly.
    private static func change(_ random: inout SplitMix64) -> CampaignStep {
        let key = random.number(below: keyCount)
        switch random.number(below: 20) {
        case 0..<13:
            return .write(key: key, byteCount: size(&random), lifetime(&random), .none)
        case 13..<16:
            let conditions: [StepCondition] = [.absent, .current, .current, .stale]
            let condition = conditions[random.number(below: conditions.count)]
            return .write(key: key, byteCount: size(&random), lifetime(&random), condition)
        case 16: return .touch(key: key)
        default: return .remove(key: key, random.number(below: 4) == 0 ? .current : .none)
        }
    }

    private static func compact(_ random: inout SplitMix64) -> CampaignStep {
        let choice = [0, 1, random.next() | 2, .max][random.number(below: 4)]
        guard choice > 1 else { return .compact(choice: choice) }
        let meanwhile = (0..<random.number(below: 5)).map { number in
            number % 2 == 0
                ? CampaignStep.touch(key: random.number(below: keyCount)) : change(&random)
        }
        return .compact(choice: choice, meanwhile: meanwhile)
    }

    /// Now and then everything expires.
    private static func pause(_ random: inout SplitMix64) -> Int64 {
        Int64(
            random.number(below: 4) == 0
                ? 61_000 + random.number(below: 60_000)
                : 500 + random.number(below: 35_000))
    }

    /// Minutes, hours or days, forward or back.
    private static func clockStep(_ random: inout SplitMix64) -> Int64 {
        let minutes =
            switch random.number(below: 8) {
            case 0: 1_440 * (1 + random.number(below: 3))
            case 1..<3: 60 * (1 + random.number(below: 5))
            default: 1 + random.number(below: 20)
            }
        return Int64(random.coin() ? minutes : -minutes) * 60_000
    }

    private static func setting(_ random: inout SplitMix64) -> UInt64? {
        [nil, nil, 5_000, 20_000, 60_000, 600_000][random.number(below: 6)]
    }

    private static func size(_ random: inout SplitMix64) -> Int {
        switch random.number(below: 20) {
        case 0: 2_500
        case 1..<4: 400 + random.number(below: 400)
        default: random.number(below: 150)
        }
    }

    private static func lifetime(_ random: inout SplitMix64) -> ValueLifetime {
        switch random.number(below: 10) {
        case 0: .endless
        case 1..<4: .milliseconds(UInt64(3_000 + random.number(below: 20_000)))
        default: .standard
        }
    }
}
