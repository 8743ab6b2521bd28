import SimulatedDisks

/// A random life of a masking model; the same seed gives the same one.
struct MaskingRun: Sendable {
    static let keyCount = 3
    static let stepCount = 60

    /// A kind of step, before chance has filled it in.
    enum Kind: Int, CaseIterable, Sendable {
        case put, touch, destroy, read, fail, seal, sync, advance, compact, crash

        var usualWeight: Int {
            switch self {
            case .put: 5
            case .touch: 8
            case .destroy: 6
            case .read, .fail, .sync: 2
            case .seal: 14
            case .advance: 8
            case .compact: 20
            case .crash: 3
            }
        }

        /// Without these there is no masking record to decide about.
        var isNeeded: Bool { self == .advance || self == .seal || self == .compact }
    }

    let seed: UInt64
    var flaw: MaskingFlaw?

    /// What happens over and over, to a single key, with few other steps between; nothing in
    /// particular when it is empty.
    var plot: [Kind] = []

    /// Runs it, and tells `watch` of every step.
    func run(_ watch: (MaskingStep) -> Void = { _ in }) -> MaskingModel {
        var random = SplitMix64(seed: seed)
        var model = MaskingModel(
            keyCount: plot.isEmpty ? Self.keyCount : 1,
            flaw: flaw,
            policy: MaskingPolicy.all[random.number(below: MaskingPolicy.all.count)],
            setting: Self.setting(&random)
        )
        let weights = Self.weights(&random)
        var count = 0
        var plotCount = 0
        while count < Self.stepCount, model.violation == nil {
            let step: MaskingStep
            if model.compaction != nil, random.number(below: 3) > 0 {
                step = Self.step(.compact, &random, model)
            } else if !plot.isEmpty, random.number(below: 6) > 0 {
                step = Self.step(plot[plotCount % plot.count], &random, model)
                plotCount += 1
            } else {
                step = Self.step(Self.kind(weights, &random), &random, model)
            }
            if step != .test, step != .commit { count += 1 }
            watch(step)
            model.take(step)
        }
        if model.violation == nil {
            let end = MaskingStep.crash(
                keeping: model.unsynced.count, failedToo: true, wall: 0, setting: nil)
            watch(end)
            model.take(end)
        }
        return model
    }

    // MARK: Chances

    /// How often each kind of step is tried: in some runs often, in others never, so that runs
    /// differ in more than their order.
    private static func weights(_ random: inout SplitMix64) -> [Int] {
        Kind.allCases.map { kind in
            let factor = [kind.isNeeded ? 1 : 0, 1, 2, 4][random.number(below: 4)]
            return kind.usualWeight * factor
        }
    }

    private static func kind(_ weights: [Int], _ random: inout SplitMix64) -> Kind {
        var number = random.number(below: weights.reduce(0, +))
        for kind in Kind.allCases {
            number -= weights[kind.rawValue]
            if number < 0 { return kind }
        }
        return .put
    }

    /// A step of this kind, or a put where it would do nothing.
    private static func step(
        _ kind: Kind,
        _ random: inout SplitMix64,
        _ model: MaskingModel
    ) -> MaskingStep {
        switch kind {
        case .touch: return .touch(key(&random, model))
        case .destroy: return .destroy(key(&random, model))
        case .read: return .read
        case .fail: return .fail(key(&random, model))
        case .seal where model.segments[model.active].sequenceMin != nil: return .seal
        case .sync: return .sync
        case .advance: return .advance(1 + random.number(below: 6))
        case .crash: return crash(&random, model)
        case .compact:
            if let compaction = model.compaction {
                return compaction.untested.isEmpty ? .commit : .test
            }
            let inputs = inputs(&random, model)
            if !inputs.isEmpty { return .begin(inputs, isWhole: random.number(below: 6) == 0) }
        default: break
        }
        return random.coin()
            ? .touch(key(&random, model))
            : .put(random.number(below: model.index.count), lifetime(&random))
    }

    /// A key, most often one that has something.
    private static func key(_ random: inout SplitMix64, _ model: MaskingModel) -> Int {
        let key = random.number(below: model.index.count)
        guard model.index[key] == nil else { return key }
        return model.index.firstIndex { $0 != nil } ?? key
    }

    private static func lifetime(_ random: inout SplitMix64) -> MaskingLifetime {
        switch random.number(below: 6) {
        case 0, 1: .endless
        case 2, 3: .standard
        default: .own(1 + random.number(below: 6))
        }
    }

    private static func setting(_ random: inout SplitMix64) -> Int? {
        [nil, 1, 2, 4, 30][random.number(below: 5)]
    }

    private static func inputs(_ random: inout SplitMix64, _ model: MaskingModel) -> [Int] {
        let sealed = model.sealedSegments.shuffled(using: &random)
        return switch random.number(below: 4) {
        case 0: sealed
        case 1: Array(sealed.prefix(1))
        default: sealed.filter { _ in random.coin() }
        }
    }

    private static func crash(_ random: inout SplitMix64, _ model: MaskingModel) -> MaskingStep {
        let wall =
            switch random.number(below: 4) {
            case 0: random.number(below: model.clock + 1)
            case 1: model.clock + random.number(below: 6)
            default: model.clock
            }
        return .crash(
            keeping: random.number(below: model.unsynced.count + 1),
            failedToo: random.coin(),
            wall: wall,
            setting: random.coin() ? setting(&random) : model.setting
        )
    }
}

extension MaskingFlaw {
    /// What finds it out within a few hundred runs, where chance alone would take thousands.
    var plot: [MaskingRun.Kind] {
        switch self {
        case .reusesNumbers: [.put, .seal, .compact, .crash, .destroy, .seal, .compact, .crash]
        case .leavesFailedWrite:
            [.put, .seal, .fail, .compact, .crash, .seal, .compact, .crash]
        case .givesLiveAsOfLate, .sharesLiveAsOf:
            [.put, .seal, .compact, .destroy, .seal, .compact, .crash]
        case .forgetsTime: [.put, .advance, .seal, .crash]
        case .keepsExpiredValues: [.put, .seal, .put, .seal, .advance, .compact, .crash]
        case .countsLeftTouches:
            [.put, .seal, .put, .seal, .touch, .seal, .advance, .compact, .compact, .crash]
        default: []
        }
    }
}
