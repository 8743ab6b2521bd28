/// One step from a manifest to the next; committed whole or not at all.
package enum ManifestEdit: Equatable, Sendable {
    /// A new, empty segment is appended to from now on.
    case begin(ManifestSegment)

    /// The active segment has a footer now: sealed for good, or resting until the next opening.
    case end(ManifestSegment)

    /// The resting segment is appended to again.
    case resume(SegmentID)

    /// A compaction's outputs take the place of its inputs.
    case replace([SegmentID], by: [ManifestSegment])

    /// Nothing but the floors moves.
    case floors
}

extension Manifest {
    /// Returns the next edition, after `edits` together.
    ///
    /// - Parameters:
    ///   - edits: What changes; an edit that does not fit is a bug, and traps.
    ///   - sequenceFloor: Every sequence number ever given is below it; it never goes back.
    ///   - timeFloor: In milliseconds; it never goes back.
    package func applying(
        _ edits: [ManifestEdit],
        sequenceFloor: UInt64,
        timeFloor: UInt64
    ) -> Manifest {
        var next = self
        next.edition += 1
        next.sequenceFloor = max(self.sequenceFloor, sequenceFloor)
        next.timeFloor = max(self.timeFloor, timeFloor)
        for edit in edits { next.apply(edit) }
        return next
    }

    private mutating func apply(_ edit: ManifestEdit) {
        switch edit {
        case .begin(let segment):
            precondition(unsealed == nil, "two segments cannot be active at once")
            precondition(segment.state == .active && segment.id >= nextSegment)
            add(segment)
        case .end(let segment):
            precondition(segment.state != .active)
            update(segment.id) { current in
                precondition(current.state == .active, "only the active segment ends")
                current = segment
            }
        case .resume(let id):
            update(id) { current in
                precondition(current.state == .resting, "a sealed segment never changes again")
                current.state = .active
            }
        case .replace(let inputs, let outputs):
            for id in inputs {
                precondition(segments.contains { $0.id == id && $0.state == .sealed })
            }
            segments.removeAll { inputs.contains($0.id) }
            for segment in outputs { add(segment) }
        case .floors:
            break
        }
    }

    /// The segment that is being appended to, or may be again.
    package var unsealed: ManifestSegment? { segments.first { $0.state != .sealed } }

    private mutating func add(_ segment: ManifestSegment) {
        precondition(segment.id >= nextSegment, "a segment's number is given once")
        segments.append(segment)
        nextSegment = SegmentID(segment.id.rawValue + 1)
    }

    private mutating func update(_ id: SegmentID, with change: (inout ManifestSegment) -> Void) {
        guard let index = segments.firstIndex(where: { $0.id == id }) else {
            preconditionFailure("the manifest has no segment \(id)")
        }
        change(&segments[index])
    }
}
