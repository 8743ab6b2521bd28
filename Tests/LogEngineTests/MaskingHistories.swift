@testable import LogEngine

/// All short histories of a masking model, the shortest first.
///
/// Two histories that leave the same log, apart from what its numbers and times are called, have
/// the same futures, so only one of them goes on.
struct MaskingHistories: Sendable {
    let keyCount: Int
    private(set) var depth = 0
    /// Different logs that were met and gone on from.
    private(set) var stateCount = 1
    private(set) var historyCount = 0
    /// The shortest history that ends in a wrong answer, and which.
    private(set) var failure: (steps: [MaskingStep], violation: String)?

    private var front: [Node]
    private var seen: Set<Int>

    private struct Node: Sendable {
        var model: MaskingModel
        var steps: [MaskingStep] = []
    }

    /// Begins with an empty log, or with what `steps` make of it.
    init(
        keyCount: Int,
        flaw: MaskingFlaw? = nil,
        policy: MaskingPolicy = MaskingPolicy(),
        after steps: [MaskingStep] = []
    ) {
        self.keyCount = keyCount
        var model = Self.model(keyCount: keyCount, flaw: flaw, policy: policy)
        for step in steps { model.take(step) }
        front = [Node(model: model, steps: steps)]
        seen = [model.fingerprint]
    }

    /// An empty log.
    static func model(
        keyCount: Int,
        flaw: MaskingFlaw? = nil,
        policy: MaskingPolicy = MaskingPolicy()
    ) -> MaskingModel {
        MaskingModel(
            keyCount: keyCount,
            flaw: flaw,
            policy: policy,
            // More than any history needs, so that none differs in when more are set aside.
            reservation: 1_000,
            setting: setting
        )
    }

    /// Makes all histories longer by one thing that happens; the last time it is done, nothing has
    /// to be kept for going on.
    ///
    /// - Returns: Whether all answers were right.
    mutating func deepen(isLast: Bool = false) -> Bool {
        var next: [Node] = []
        depth += 1
        for node in front {
            for move in moves(of: node.model) {
                var model = node.model
                for step in move { model.take(step) }
                historyCount += 1
                if let violation = model.violation {
                    failure = (node.steps + move, violation)
                    return false
                }
                guard !isLast, seen.insert(model.fingerprint).inserted else { continue }
                next.append(Node(model: model, steps: node.steps + move))
            }
        }
        stateCount += next.count
        front = next
        return true
    }

    // MARK: What can happen next

    /// A life that is over after one advance; a crash may loosen it.
    private static let setting = 1

    private func moves(of model: MaskingModel) -> [[MaskingStep]] {
        var steps = writes(to: model)
        let values = (0..<keyCount).compactMap { model.value(of: $0) }
        for key in 0..<keyCount where model.index[key] != nil { steps.append(.fail(key)) }
        let expiredCount = values.count { $0.isExpired(at: model.clock, setting: model.setting) }
        if expiredCount > 0 { steps.append(.read) }
        let mortalCount = values.count { $0.lifetime != .endless && model.setting != nil }
        if mortalCount > expiredCount { steps.append(.advance(2)) }
        if model.segments[model.active].sequenceMin != nil { steps.append(.seal) }
        for count in model.unsynced.isEmpty ? [0] : [0, model.unsynced.count] {
            for setting in model.setting == nil ? [nil] : [nil, model.setting] {
                steps.append(.crash(keeping: count, failedToo: true, wall: 0, setting: setting))
            }
        }
        return steps.map { [$0] } + compactions(of: model)
    }

    private func writes(to model: MaskingModel) -> [MaskingStep] {
        // Which key is the first makes no difference.
        let usedCount = 1 + (model.records.map(\.key).max() ?? -1)
        return (0..<min(keyCount, usedCount + 1)).flatMap { key -> [MaskingStep] in
            let puts: [MaskingStep] = [.put(key, .endless), .put(key, .standard)]
            guard model.index[key] != nil else { return puts }
            return puts + [.touch(key), .destroy(key)]
        }
    }

    /// Every subset of the sealed segments, alone and with a write before or after its tests.
    private func compactions(of model: MaskingModel) -> [[MaskingStep]] {
        let sealed = model.sealedSegments
        return (1..<max(1, 1 << sealed.count)).flatMap { subset -> [[MaskingStep]] in
            let inputs = sealed.indices.filter { subset >> $0 & 1 == 1 }.map { sealed[$0] }
            let begin = MaskingStep.begin(inputs, isWhole: false)
            var result: [[MaskingStep]] = [
                [begin, .commit], [.begin(inputs, isWhole: true), .commit],
            ]
            let testCount = model.records.count { inputs.contains($0.segment) }
            let tests = [MaskingStep](repeating: .test, count: testCount)
            for write in writes(to: model) {
                result.append([begin, write, .commit])
                result.append([begin] + tests + [write, .commit])
            }
            return result
        }
    }
}

extension MaskingModel {
    /// The same for models with the same future, between compactions.
    var fingerprint: Int {
        let present = records.indices.filter { isPresent(records[$0]) }
        var numbers = Set([0, nextSequence, sequenceFloor])
        for place in present {
            numbers.insert(records[place].sequence)
            numbers.insert(records[place].value.revision)
        }
        for value in reference.current { numbers.insert(value?.revision ?? 0) }
        for segment in segments where segment.state != .gone { numbers.insert(segment.liveAsOf) }
        if let failed { numbers.insert(failed.sequence) }
        let ranks = numbers.sorted()
        func rank(_ number: UInt64) -> Int { ranks.firstIndex(of: number) ?? -1 }
        func ordinal(_ place: Int) -> Int { present.firstIndex(of: place) ?? -1 }

        var hasher = Hasher()
        hasher.combine(rank(nextSequence))
        hasher.combine(rank(sequenceFloor))
        hasher.combine(setting)
        hasher.combine(timeFloor - clock)
        hasher.combine(wall - clock)
        for (number, segment) in segments.enumerated() where segment.state != .gone {
            hasher.combine(segment.state)
            hasher.combine(rank(segment.liveAsOf))
            for place in present where records[place].segment == number {
                let record = records[place]
                hasher.combine(record.kind)
                hasher.combine(record.key)
                hasher.combine(rank(record.sequence))
                Optional(record.value).feed(&hasher, rank: rank, now: clock)
                hasher.combine(ordinal(record.touched))
            }
        }
        for place in index { hasher.combine(place.map(ordinal) ?? -1) }
        for place in unsynced { hasher.combine(ordinal(place)) }
        if let failed {
            hasher.combine(failed.key)
            hasher.combine(rank(failed.sequence))
            hasher.combine(failed.value.activity - clock)
        }
        reference.feed(&hasher, rank: rank, now: clock)
        return hasher.finalize()
    }
}
