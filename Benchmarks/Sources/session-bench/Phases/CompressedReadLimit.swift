import BenchReport
import CPeers
import Glibc

/// What a read of a compressed session takes without an engine: a system call and the library.
///
/// Nothing is looked up, and nothing checked; the id is not put back into the text.
extension Bench {
    /// What compaction puts in front of a key, less the 12 bytes of each frame that it leaves out:
    /// these have whole frames.
    private static let packedHeadByteCount = 18 - 12

    /// Measures a file of compressed sessions; rounds share it, since it takes long to make.
    func measureCompressedReads() throws {
        let records = min(settings.records, 1_000_000)
        say("limits, \(records) compressed records")
        let directory = try directories.empty("raw")
        defer { try? directories.remove("raw") }
        let path = directory + "/file"
        let zstd = try ZstdBench(records)
        let places = try writeCompressed(records, path, zstd)
        directories.settle()
        let file = Glibc.open(path, O_RDONLY)
        guard file >= 0 else { throw BenchError("Could not open \(path).") }
        defer { Glibc.close(file) }
        let compressed = CompressedFile(file: file, zstd: zstd, places: places)
        for round in 1...settings.rounds { try measureCompressedReads(compressed, round) }
    }

    /// Writes records in a random order, as a store has them that was loaded in one, and returns
    /// where each is.
    private func writeCompressed(
        _ records: Int,
        _ path: String,
        _ zstd: ZstdBench
    ) throws -> [CompressedFile.Place] {
        let log = try RawBench(path, ahead: 0)
        defer { log.close() }
        var workload = Workload()
        var (places, offset): ([CompressedFile.Place], UInt64) = ([], 0)
        places.reserveCapacity(records)
        var record = [UInt8](repeating: 0, count: ZstdBench.byteCountMax)
        for number in Workload.permutation(salt: 1, records).map({ UInt64($0) }) {
            let start = workload.withKey(number) { $0.count } + Self.packedHeadByteCount
            let text = ZstdBench.text(of: number, &workload)
            let frameCount = try record.withUnsafeMutableBytes { record in
                try zstd.compress(text, into: .init(rebasing: record[start...]))
            }
            // Records begin at multiples of 8.
            let count = (start + frameCount + 7) & ~7
            try record.withUnsafeBytes { bytes in
                guard let base = bytes.baseAddress else { return }
                try log.append(base, count, syncs: false)
            }
            places.append(
                CompressedFile.Place(
                    offset: offset, count: UInt16(count), frameStart: UInt16(start),
                    frameCount: UInt16(frameCount), textByteCount: UInt16(text.count)))
            offset += UInt64(count)
        }
        return places
    }

    /// Reads and decompresses sessions at random, in places that are laid out beforehand.
    private func measureCompressedReads(_ file: CompressedFile, _ round: Int) throws {
        var stream = Stream(.read, worker: 0)
        let places = (0..<settings.operations).map { _ in
            file.places[stream.below(file.places.count)]
        }
        var record = [UInt8](repeating: 0, count: ZstdBench.byteCountMax)
        var text = [UInt8](repeating: 0, count: ZstdBench.byteCountMax)
        let run = try record.withUnsafeMutableBytes { record in
            try text.withUnsafeMutableBytes { text in
                try TimedRun.timing(extent(places.count)) { index in
                    let place = places[index]
                    let count = Int(place.count)
                    guard raw_read(file.file, record.baseAddress, count, place.offset) == count
                    else { throw BenchError("A read of a file came short.") }
                    let start = Int(place.frameStart)
                    let frame = UnsafeRawBufferPointer(
                        rebasing: record[start..<start + Int(place.frameCount)])
                    guard
                        try file.zstd.decompress(frame, into: text) == Int(place.textByteCount)
                    else { throw BenchError("A text has another length.") }
                }
            }
        }
        let stored = file.places.reduce(0) { $0 + Int($1.count) }
        try recordLimit(
            Latencies(together: [run]),
            "pread-zstd",
            round,
            more: ["stored_per_session": Double(stored) / Double(max(1, file.places.count))]
        )
    }
}

/// An open file of compressed sessions, and where each of them is.
private struct CompressedFile {
    let file: Int32
    let zstd: ZstdBench
    let places: [Place]

    struct Place {
        var offset: UInt64
        /// What is read for it.
        var count: UInt16
        var frameStart: UInt16
        var frameCount: UInt16
        var textByteCount: UInt16
    }
}
