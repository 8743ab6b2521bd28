/// One step from a manifest to the next; committed whole or not at all.
package enum ManifestEdit: Equatable, Sendable {
    /// A new, empty segment is appended to from now on.
    case begin(ManifestSegment)

    /// The active segment gets no more records: it is being sealed, or has a footer now and is
    /// sealed for good, or rests until the next opening. Or the one that was being sealed is.
    case end(ManifestSegment)

    /// The resting segment is appended to again.
    case resume(SegmentID)

    /// The active segment's records are durable up to there, and recovery must find them.
    case sync(SegmentID, dataEnd: Int)

    /// A compaction's outputs take the place of its inputs.
    case replace([SegmentID], by: [ManifestSegment])

    /// Nothing but the floors moves.
    case floors
}

extension Manifest {
    /// Applies `edits` together.
    ///
    /// - Parameters:
    ///   - edits: What changes; an edit that does not fit is a bug, and traps.
    ///   - sequenceFloor: Every sequence number ever given is below it; it never goes back.
    ///   - timeFloor: In milliseconds; it never goes back.
    ///   - lifetime: How long values live that don't say so themselves, in milliseconds; what has
    ///     expired by it at the time floor has expired for good.
    /// - Returns: The next edition.
    package func applying(
        _ edits: [ManifestEdit],
        sequenceFloor: UInt64,
        timeFloor: UInt64,
        lifetime: UInt64?
    ) -> Manifest {
        var next = self
        next.edition += 1
        next.sequenceFloor = max(self.sequenceFloor, sequenceFloor)
        next.timeFloor = max(self.timeFloor, min(timeFloor, RecordHead.activityMax))
        if let lifetime, next.timeFloor > lifetime {
            next.expiredBefore = max(expiredBefore, next.timeFloor - lifetime)
        }
        for edit in edits { next.apply(edit) }
        return next
    }

    private mutating func apply(_ edit: ManifestEdit) {
        switch edit {
        case .begin(let segment):
            // Two segments cannot be active at once.
            precondition(unsealed == nil)
            // A segment begins as the active one.
            precondition(segment.state == .active)
            add(segment)
        case .end(let segment):
            precondition(segment.state != .active)
            update(segment.id) { current in
                // Only the active segment ends, and what is being sealed becomes nothing else.
                precondition(
                    current.state == .active
                        || current.state == .sealing && segment.state == .sealed
                )
                // A segment keeps its salt.
                precondition(current.salt == segment.salt)
                current = segment
            }
        case .resume(let id):
            update(id) { current in
                // A sealed segment never changes again.
                precondition(current.state == .resting)
                current.state = .active
                current.sequences = nil
            }
        case .sync(let id, let dataEnd):
            update(id) { current in
                // Only the active segment grows, and what is durable stays so.
                precondition(current.state == .active && current.dataEnd <= dataEnd)
                current.dataEnd = dataEnd
            }
        case .replace(let inputs, let outputs):
            for id in inputs {
                let isSealed = segments.contains { $0.id == id && $0.state == .sealed }
                // Only sealed segments are replaced.
                precondition(isSealed)
            }
            for segment in outputs {
                // A compaction's output is sealed.
                precondition(segment.state == .sealed)
                add(segment)
            }
            segments.removeAll { inputs.contains($0.id) }
        case .floors:
            break
        }
    }

    /// The segment that is being appended to, or may be again.
    package var unsealed: ManifestSegment? { segments.first { $0.state.mayGrow } }

    /// The segment whose footer may not be there yet.
    package var sealing: ManifestSegment? { segments.first { $0.state == .sealing } }

    /// Numbers are given when files are created, and files enter the manifest when they are
    /// complete: a compaction's output may come after a younger active segment.
    private mutating func add(_ segment: ManifestSegment) {
        let place = segments.firstIndex { $0.id >= segment.id } ?? segments.count
        let isTaken = place < segments.count && segments[place].id == segment.id
        // A segment's number is given once.
        precondition(!isTaken)
        // The numbers of a store come to an end one day.
        precondition(segment.id.isPossible)
        segments.insert(segment, at: place)
        nextSegment = max(nextSegment, SegmentID(segment.id.rawValue + 1))
    }

    private mutating func update(_ id: SegmentID, with change: (inout ManifestSegment) -> Void) {
        // An edit is of a segment that is there.
        precondition(segments.contains { $0.id == id })
        for index in segments.indices where segments[index].id == id { change(&segments[index]) }
    }
}
