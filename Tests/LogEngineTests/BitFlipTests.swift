import LogEngine
import SegmentFormat
import SimulatedDisks
import Testing

@Suite(.serialized) struct BitFlipTests {
    private static func images() throws -> [BitFlipImage] {
        [
            try BitFlipImage(name: "killed", seed: 11, stepCount: 32, isClosed: false),
            try BitFlipImage(name: "closed", seed: 13, stepCount: 12, isClosed: true),
            try BitFlipImage(
                name: "killed, with a checkpoint",
                seed: 12,
                stepCount: 14,
                hasCheckpoint: true,
                isClosed: false
            ),
            try BitFlipImage(
                name: "closed, with a checkpoint",
                seed: 13,
                stepCount: 14,
                hasCheckpoint: true,
                isClosed: true
            ),
        ]
    }

    @Test func `no flipped bit makes a value another one, or disappear without a word`()
        async throws
    {
        let tally = CampaignTally()
        for image in try Self.images() {
            let check = BitFlipCheck(image: image, tally: tally)
            for name in try image.fileNames {
                let content = try image.disk.contents(of: image.path(name))
                tally.count("bytes", content.count)
                let bits = Self.bits(of: content, named: name, in: image)
                await CampaignTally.onThread {
                    CampaignTally.forEach(bits) { bit in
                        let isRead = CampaignSettings.isComplete || bit % 3 == 0
                        check.run("bit \(bit) of \(name)", isRead: isRead) { disk in
                            try disk.flipBit(bit, of: image.path(name))
                        }
                    }
                }
            }
        }
        report("bits flipped in stores of \(tally["bytes"].grouped) bytes", tally)
        #expect(tally.violationCount == 0, "\(tally.violations)")
    }

    /// Every bit of the images without a checkpoint.
    ///
    /// A checkpoint has a thousand shards to look at, so of the images that have one it is every
    /// bit of the manifest and of the checkpoint's front and slots, and a part of the rest: of a
    /// thousand empty shards, all alike, and of segments as the other images have them.
    private static func bits(
        of content: [UInt8],
        named name: String,
        in image: BitFlipImage
    ) -> [Int] {
        let bits = Array(0..<content.count * 8)
        if CampaignSettings.isDebug { return bits.filter { $0 % 1_999 == 0 } }
        guard image.hasCheckpoint, !CampaignSettings.isComplete else { return bits }
        if name == "MANIFEST" { return bits }
        guard name == "CHECKPOINT" else { return bits.filter { $0 % 13 == 0 } }
        let isEmpty = emptyShardBytes(of: content)
        return bits.filter { !isEmpty[$0 / 8] || $0 % 101 == 0 }
    }

    /// Tells for every byte of a checkpoint whether it is of a shard without slots.
    private static func emptyShardBytes(of content: [UInt8]) -> [Bool] {
        var isEmpty = [Bool](repeating: false, count: content.count)
        let segmentCount = Int(content[60])
        var position = Checkpoint.headByteCount + segmentCount * CheckpointSegment.byteCount
        while position < content.count {
            let head = Array(content[position...].prefix(ShardImage.headByteCount))
            let end = position + ShardImage.uncheckedByteCount(head.span)
            let hasSlots = end > position + head.count
            for index in position..<end { isEmpty[index] = !hasSlots }
            position = end
        }
        return isEmpty
    }

    @Test func `a file cut at any byte costs nothing without a word`() async throws {
        let tally = CampaignTally()
        for image in try Self.images() {
            for name in try image.fileNames {
                var check = BitFlipCheck(image: image, tally: tally)
                check.mayEndEarly = name == image.activeFile
                let ready = check
                let byteCount = try image.disk.contents(of: image.path(name)).count
                let step = CampaignSettings.isDebug ? 199 : name == "CHECKPOINT" ? 19 : 1
                let ends = Array(stride(from: 0, to: byteCount, by: step))
                await CampaignTally.onThread {
                    CampaignTally.forEach(ends) { end in
                        ready.run("\(name) cut at \(end)") { disk in
                            try disk.truncateFile(image.path(name), to: end)
                        }
                    }
                }
            }
        }
        report("cuts of files", tally)
        #expect(tally.violationCount == 0, "\(tally.violations)")
    }

    @Test func `a lost, zeroed, swapped, older or foreign file costs nothing without a word`()
        throws
    {
        let tally = CampaignTally()
        let images = try Self.images()
        let stranger = try BitFlipImage(
            name: "stranger",
            seed: 14,
            stepCount: 20,
            hasCheckpoint: true,
            isClosed: true
        )
        for image in images {
            for name in try image.fileNames {
                var check = BitFlipCheck(image: image, tally: tally)
                check.mayEndEarly = name == image.activeFile
                try replace(name, of: image, stranger, check)
            }
        }
        report("files replaced", tally)
        #expect(tally.violationCount == 0, "\(tally.violations)")
    }

    private func replace(
        _ name: String,
        of image: BitFlipImage,
        _ stranger: BitFlipImage,
        _ check: BitFlipCheck
    ) throws {
        let path = image.path(name)
        let content = try image.disk.contents(of: path)
        check.run("\(name) removed") { try $0.removeFile(path) }
        for sector in 0...content.count / SimulatedDisk.sectorByteCount {
            check.run("sector \(sector) of \(name) zeroed") { disk in
                try disk.zeroSector(sector, of: path)
            }
        }
        for other in try image.fileNames where other > name {
            check.run("\(name) and \(other) swapped") { disk in
                try disk.swapFiles(path, image.path(other))
            }
            check.run("a sector of \(name) in \(other)") { disk in
                try disk.misdirectSector(0, of: path, to: 0, of: image.path(other))
            }
            check.run("a copy of \(name) as \(other)") { disk in
                try disk.duplicateFile(path, as: image.path(other))
            }
        }
        for (number, earlier) in image.earlier.enumerated() {
            guard let old = try? earlier.contents(of: path) else { continue }
            check.run("\(name) as it was at moment \(number)") { disk in
                try disk.setContents(of: path, to: old)
            }
        }
        for other in try stranger.fileNames {
            let foreign = try stranger.disk.contents(of: stranger.path(other))
            check.run("\(other) of another store as \(name)") { disk in
                try disk.setContents(of: path, to: foreign)
            }
        }
    }

    private func report(_ what: String, _ tally: CampaignTally) {
        print(
            "\(what): \(tally["damages"].grouped), noticed: \(tally["noticed"].grouped),"
                + " harmless: \(tally["harmless"].grouped), violations: \(tally.violationCount)"
        )
    }
}
