@testable import LogEngine

/// A compaction of the masking model while it runs.
struct MaskingCompaction: Sendable {
    /// What comes of a record, and what the index must still say for it to count.
    struct Move: Sendable {
        var key: Int
        /// The place that the index had; nil for a tombstone, which it does not know.
        var expected: Int?
        /// The place of the value.
        var source: Int?
        /// What is written; nil when the record is left out.
        var output: MaskingRecord?
        /// Whether the session was seen to have expired.
        var isExpiry = false
    }

    let inputs: [Int]
    let isWhole: Bool
    var liveAsOf: UInt64
    /// The segments that stay, and what they said when it began.
    let others: [Int]
    let horizon: MaskingHorizon
    let keysOfOthers: [Int]
    var untested: [Int]
    var moves: [Move] = []
}

extension MaskingModel {
    /// The sealed segments.
    var sealedSegments: [Int] { segments.indices.filter { segments[$0].state == .sealed } }

    mutating func begin(_ inputs: [Int], isWhole: Bool) {
        // What failed must never come to count with a number below `liveAsOf`.
        if flaw != .leavesFailedWrite { failed = nil }
        let others = segments.indices.filter {
            segments[$0].state != .gone && !inputs.contains($0)
        }
        compaction = MaskingCompaction(
            inputs: inputs,
            isWhole: isWhole,
            liveAsOf: flaw == .sharesLiveAsOf ? nextSequence : giveSequence(),
            others: others,
            horizon: MaskingHorizon(besides: others.map { segments[$0].witness }),
            keysOfOthers: others.map { policy.asksFooters ? segments[$0].keys : -1 },
            untested: inputs.flatMap { input in
                records.indices.filter { records[$0].segment == input }
            }.reversed()
        )
    }

    // MARK: Testing

    mutating func test() {
        guard let place = compaction?.untested.popLast() else { return }
        let record = records[place]
        let newest = index[record.key]
        if record.isTombstone {
            // The index does not know a tombstone. It is dead when the key has something again.
            let asksOthers = policy.knowsTombstones || flaw == .countsLeftTouches
            if newest == nil, !asksOthers || !hasNewer(record) {
                mask(record, expected: nil, source: nil)
            }
        } else if newest == place {
            let isOutside = record.kind == .touch && !isInput(records[record.touched].segment)
            // A touch whose value is an input goes with the value.
            if record.kind != .touch || isOutside { keep(record, expected: place, source: place) }
        } else if record.isValue, let newest, records[newest].touched == place {
            guard flaw != .forgetsTouchedValue else { return }
            keep(folded(newest, place), expected: newest, source: place)
        }
    }

    /// Whether a newer tombstone stands somewhere; a newer touch may have been left behind, and
    /// then masks nothing.
    private func hasNewer(_ record: MaskingRecord) -> Bool {
        records.contains {
            $0.key == record.key && $0.sequence > record.sequence && isPresent($0)
                && ($0.isTombstone || flaw == .countsLeftTouches)
        }
    }

    private func isInput(_ segment: Int) -> Bool {
        compaction?.inputs.contains(segment) ?? false
    }

    /// Returns the value at `place` and its touch as one record, which has the touch's number.
    private func folded(_ touch: Int, _ place: Int) -> MaskingRecord {
        var record = records[touch]
        record.kind = .foldedTouch
        record.touched = -1
        if flaw == .foldsUnderValueNumber { record.sequence = records[place].sequence }
        return record
    }

    /// Keeps what a key has, unless it has expired.
    private mutating func keep(_ record: MaskingRecord, expected: Int, source: Int) {
        guard !record.value.isExpired(at: clock, setting: setting) else {
            mask(record, expected: expected, source: source)
            return
        }
        add(.init(key: record.key, expected: expected, source: source, output: record))
    }

    /// Keeps or leaves out what says that a key has nothing.
    private mutating func mask(_ record: MaskingRecord, expected: Int?, source: Int?) {
        // A touch that is left behind without its value says nothing, so the value's number counts.
        let number = source.map { records[$0].sequence } ?? record.sequence
        let isDropped = mayDrop(record, number)
        if !record.wasKept, !record.isTombstone || !hasNewer(record) {
            maskerCount += 1
            droppedCount += isDropped ? 1 : 0
        }
        var move = MaskingCompaction.Move(key: record.key, expected: expected, source: source)
        move.isExpiry = expected != nil
        if !isDropped {
            var output = record
            if move.isExpiry, flaw != .keepsExpiredValues {
                output.kind = .expiryTombstone
                if policy.expiresUnderValueNumber { output.sequence = number }
                output.value = MaskingValue(revision: 0, activity: clock, lifetime: .endless)
                output.touched = -1
            }
            output.wasKept = true
            move.output = output
        }
        add(move)
    }

    private mutating func add(_ move: MaskingCompaction.Move) {
        compaction?.moves.append(move)
    }

    private mutating func mayDrop(_ record: MaskingRecord, _ number: UInt64) -> Bool {
        guard let compaction else { return false }
        switch flaw {
        case .dropsAllTombstones where record.isTombstone: return true
        case .dropsAllExpiredValues where !record.isTombstone: return true
        case .asksInputsOnly:
            return !records.contains {
                isInput($0.segment) && $0.key == record.key && $0.sequence < number
            }
        default: break
        }
        func mayHold(_ position: Int) -> Bool {
            compaction.keysOfOthers[position] >> record.key & 1 == 1
        }
        let isAllowed = compaction.horizon.mayDrop(number, mayHold: mayHold)
        // What the segments say now may only be better than what they said when it began.
        let witnesses = compaction.others.map { segments[$0].witness }
        let isAllowedNow = MaskingRule.mayDrop(number, besides: witnesses, mayHold: mayHold)
        if isAllowed, !isAllowedNow { violation = violation ?? "test: a witness got worse" }
        return isAllowed
    }

    // MARK: Committing

    /// Makes the compaction count, while no writer is at work.
    mutating func commit() {
        while compaction?.untested.isEmpty == false { test() }
        if flaw != .forgetsLateTouch { foldLateTouches() }
        if flaw == .givesLiveAsOfLate {
            let late = giveSequence()
            compaction?.liveAsOf = late
        }
        guard let done = compaction else { return }
        compaction = nil
        let outputs = done.moves.compactMap(\.output)
        guard !done.isWhole || outputs.isEmpty else { return }

        if flaw != .leavesActiveUnsynced { sync() }
        for input in done.inputs { segments[input].state = .gone }
        if !outputs.isEmpty {
            segments.append(MaskingSegment(state: .sealed, liveAsOf: done.liveAsOf))
        }
        edit()
        for move in done.moves { finish(move) }
        check("commit")
    }

    /// Folds what was touched since it was tested: the value's place is about to go.
    private mutating func foldLateTouches() {
        for move in compaction?.moves ?? [] {
            guard let source = move.source, let newest = index[move.key], newest != move.expected,
                records[newest].kind == .touch, records[newest].touched == source
            else { continue }
            add(
                .init(
                    key: move.key,
                    expected: newest,
                    source: source,
                    output: folded(newest, source)
                )
            )
        }
    }

    /// Writes the move's record, and lets the index have it if nothing has happened to the key.
    private mutating func finish(_ move: MaskingCompaction.Move) {
        var place: Int?
        if var output = move.output {
            place = output.isTombstone ? nil : records.count
            output.segment = segments.count - 1
            segments[output.segment].add(output)
            records.append(output)
        }
        guard let expected = move.expected else { return }
        guard index[move.key] == expected || flaw == .swapsBlindly else { return }
        index[move.key] = place
        guard move.isExpiry else { return }
        if !reference.expire(move.key, setting: setting) {
            violation = violation ?? "commit: key \(move.key) is taken for expired"
        }
    }
}
