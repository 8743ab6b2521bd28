import SegmentFormat
import Testing

@Suite struct ManifestEditTests {
    // MARK: Editions and floors

    @Test func `every step is a new edition, and floors never go back`() {
        let first = Self.new.applying(
            [.floors], sequenceFloor: 50, timeFloor: 2_000, lifetime: nil)
        #expect(first.edition == 2 && first.sequenceFloor == 50 && first.timeFloor == 2_000)
        let second = first.applying([], sequenceFloor: 10, timeFloor: 10, lifetime: nil)
        #expect(second.edition == 3 && second.sequenceFloor == 50 && second.timeFloor == 2_000)
        let third = second.applying(
            [.floors], sequenceFloor: 0, timeFloor: .max, lifetime: nil)
        #expect(third.timeFloor == RecordHead.activityMax)
        #expect(third.segments == [])
    }

    @Test func `what has expired stays expired under any later setting`() {
        func next(_ manifest: Manifest, _ time: UInt64, _ lifetime: UInt64?) -> Manifest {
            manifest.applying([.floors], sequenceFloor: 1, timeFloor: time, lifetime: lifetime)
        }
        let strict = next(Self.new, 5_000, 1_000)
        #expect(strict.expiredBefore == 4_000)
        #expect(next(strict, 6_000, 10_000).expiredBefore == 4_000)
        #expect(next(strict, 6_000, 4_000).expiredBefore == 4_000)
        #expect(next(strict, 6_000, nil).expiredBefore == 4_000)
        #expect(next(strict, 6_000, 1_500).expiredBefore == 4_500)
        // The clock that counts is the floor's, which has not gone back.
        #expect(next(strict, 10, 500).expiredBefore == 4_500)
    }

    // MARK: The life of a segment

    @Test func `a segment begins, rests, resumes, ends and is replaced`() throws {
        var manifest = Self.new.applying([.begin(Self.segment(1, .active))])
        #expect(manifest.nextSegment == SegmentID(2))
        #expect(manifest.unsealed?.id == SegmentID(1))

        manifest = manifest.applying([.sync(SegmentID(1), dataEnd: 8_192)])
        #expect(manifest.unsealed?.dataEnd == 8_192)
        #expect(manifest.unsealed?.state == .active)

        manifest = manifest.applying([.end(Self.segment(1, .resting, sequences: 1...4))])
        #expect(manifest.unsealed?.state == .resting)
        #expect(manifest.unsealed?.sequences == 1...4)

        manifest = manifest.applying([.resume(SegmentID(1))])
        #expect(manifest.unsealed?.state == .active)
        #expect(manifest.unsealed?.sequences == nil, "more numbers are about to come")

        manifest = manifest.applying([
            .end(Self.segment(1, .sealed, sequences: 1...9)), .begin(Self.segment(2, .active)),
        ])
        #expect(manifest.segments.map(\.state) == [.sealed, .active])
        #expect(manifest.unsealed?.id == SegmentID(2))

        manifest = manifest.applying([
            .replace([SegmentID(1)], by: [Self.segment(3, .sealed, sequences: 2...2)])
        ])
        #expect(manifest.segments.map(\.id) == [SegmentID(2), SegmentID(3)])
        #expect(manifest.nextSegment == SegmentID(4))
        #expect(try Manifest(decoding: manifest.encoded(), isWriting: true) == manifest)
    }

    @Test func `a compaction may end after a younger segment has begun`() throws {
        var manifest = Self.new.applying([.begin(Self.segment(1, .active))])
        manifest = manifest.applying([.end(Self.segment(1, .sealed))])
        // Number 2 is the output's, whose file is being written; 3 begins meanwhile.
        manifest = manifest.applying([.begin(Self.segment(3, .active))])
        manifest = manifest.applying([.replace([SegmentID(1)], by: [Self.segment(2, .sealed)])])
        #expect(manifest.segments.map(\.id) == [SegmentID(2), SegmentID(3)])
        #expect(manifest.nextSegment == SegmentID(4))
        #expect(try Manifest(decoding: manifest.encoded(), isWriting: true) == manifest)
    }

    @Test func `a segment is being sealed while the next is appended to`() throws {
        var manifest = Self.new.applying([.begin(Self.segment(1, .active))])
        manifest = manifest.applying([
            .end(Self.segment(1, .sealing, sequences: 1...9)), .begin(Self.segment(2, .active)),
        ])
        #expect(manifest.segments.map(\.state) == [.sealing, .active])
        #expect(manifest.unsealed?.id == SegmentID(2))
        #expect(manifest.sealing?.id == SegmentID(1))
        #expect(manifest.sealing?.sequences == 1...9)
        #expect(try Manifest(decoding: manifest.encoded(), isWriting: true) == manifest)

        manifest = manifest.applying([.end(Self.segment(1, .sealed, sequences: 1...9))])
        #expect(manifest.segments.map(\.state) == [.sealed, .active])
        #expect(manifest.sealing == nil)
    }

    @Test func `only one segment is being sealed, and it becomes nothing else`() async throws {
        await #expect(processExitsWith: .failure) {
            let manifest = ManifestEditTests.new.applying([
                .begin(ManifestEditTests.segment(1, .active)),
                .end(ManifestEditTests.segment(1, .sealing)),
            ])
            _ = manifest.applying([.end(ManifestEditTests.segment(1, .resting))])
        }
        await #expect(processExitsWith: .failure) {
            let manifest = ManifestEditTests.new.applying([
                .begin(ManifestEditTests.segment(1, .active)),
                .end(ManifestEditTests.segment(1, .sealing)),
                .begin(ManifestEditTests.segment(2, .active)),
                .end(ManifestEditTests.segment(2, .sealing)),
            ])
            _ = manifest.encoded()
        }
        await #expect(processExitsWith: .failure) {
            let manifest = ManifestEditTests.new.applying([
                .begin(ManifestEditTests.segment(1, .active)),
                .end(ManifestEditTests.segment(1, .sealing)),
            ])
            _ = manifest.applying([.replace([SegmentID(1)], by: [])])
        }
    }

    @Test func `inputs may vanish without an output`() {
        let manifest = Self.sealed.applying([.replace([SegmentID(1)], by: [])])
        #expect(manifest.segments == [])
        #expect(manifest.unsealed == nil)
        #expect(manifest.nextSegment == SegmentID(2), "a number is given once")
    }

    @Test func `the original is left as it was`() {
        let manifest = Self.sealed
        _ = manifest.applying([.begin(Self.segment(2, .active))])
        #expect(manifest == Self.sealed)
    }

    // MARK: Edits that do not fit

    @Test func `a segment cannot begin beside an unsealed one, sealed, or twice`() async {
        await #expect(processExitsWith: .failure) {
            let manifest = ManifestEditTests.new
                .applying([.begin(ManifestEditTests.segment(1, .active))])
            _ = manifest.applying([.begin(ManifestEditTests.segment(2, .active))])
        }
        await #expect(processExitsWith: .failure) {
            let segment = ManifestEditTests.segment(1, .sealed)
            _ = ManifestEditTests.new.applying([.begin(segment)])
        }
        await #expect(processExitsWith: .failure) {
            let segment = ManifestEditTests.segment(1, .active)
            _ = ManifestEditTests.sealed.applying([.begin(segment)])
        }
        await #expect(processExitsWith: .failure) {
            let segment = ManifestEditTests.segment(.max, .active)
            _ = ManifestEditTests.new.applying([.begin(segment)])
        }
    }

    @Test func `only the active segment ends, under its salt, and not as active`() async {
        await #expect(processExitsWith: .failure) {
            let segment = ManifestEditTests.segment(1, .sealed)
            _ = ManifestEditTests.sealed.applying([.end(segment)])
        }
        await #expect(processExitsWith: .failure) {
            let segment = ManifestEditTests.segment(9, .sealed)
            _ = ManifestEditTests.sealed.applying([.end(segment)])
        }
        await #expect(processExitsWith: .failure) {
            let segment = ManifestEditTests.segment(1, .active)
            _ = ManifestEditTests.new.applying([.begin(segment), .end(segment)])
        }
        await #expect(processExitsWith: .failure) {
            let segment = ManifestEditTests.segment(1, .active)
            var ended = ManifestEditTests.segment(1, .sealed)
            ended.salt += 1
            _ = ManifestEditTests.new.applying([.begin(segment), .end(ended)])
        }
    }

    @Test func `only the active segment grows, and never shrinks`() async {
        await #expect(processExitsWith: .failure) {
            _ = ManifestEditTests.sealed.applying([.sync(SegmentID(1), dataEnd: 4_096)])
        }
        await #expect(processExitsWith: .failure) {
            let segment = ManifestEditTests.segment(1, .active)
            let edits: [ManifestEdit] = [.begin(segment), .sync(segment.id, dataEnd: 0)]
            _ = ManifestEditTests.new.applying(edits)
        }
    }

    @Test func `only a resting segment resumes`() async {
        await #expect(processExitsWith: .failure) {
            _ = ManifestEditTests.sealed.applying([.resume(SegmentID(1))])
        }
    }

    @Test func `only sealed segments are replaced, by sealed ones with numbers of their own`()
        async
    {
        await #expect(processExitsWith: .failure) {
            let active = ManifestEditTests.segment(1, .active)
            let edits: [ManifestEdit] = [.begin(active), .replace([SegmentID(1)], by: [])]
            _ = ManifestEditTests.new.applying(edits)
        }
        await #expect(processExitsWith: .failure) {
            _ = ManifestEditTests.sealed.applying([.replace([SegmentID(8)], by: [])])
        }
        await #expect(processExitsWith: .failure) {
            let output = ManifestEditTests.segment(2, .resting)
            _ = ManifestEditTests.sealed.applying([.replace([SegmentID(1)], by: [output])])
        }
        await #expect(processExitsWith: .failure) {
            let output = ManifestEditTests.segment(1, .sealed)
            _ = ManifestEditTests.sealed.applying([.replace([SegmentID(1)], by: [output])])
        }
    }

    // MARK: Samples

    static var new: Manifest {
        Manifest(storeID: 1, secret: HashSecret(low: 2, high: 3), timeFloor: 1_000)
    }

    /// One segment, sealed.
    static var sealed: Manifest {
        new.applying([.begin(segment(1, .active)), .end(segment(1, .sealed))])
    }

    static func segment(
        _ number: UInt32,
        _ state: SegmentState,
        sequences: ClosedRange<UInt64>? = nil
    ) -> ManifestSegment {
        ManifestSegment(
            id: SegmentID(number), state: state, salt: UInt64(number), sequences: sequences,
            dataEnd: 64, recordCount: 0)
    }
}

extension Manifest {
    fileprivate func applying(_ edits: [ManifestEdit]) -> Manifest {
        applying(edits, sequenceFloor: sequenceFloor, timeFloor: timeFloor, lifetime: nil)
    }
}
