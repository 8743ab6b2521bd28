import CPeers

/// How long the operations of one worker took, one by one.
struct TimedRun: Sendable {
    /// Nanoseconds of each; a histogram is made of them when the clock has stopped, since filling
    /// one costs more than storing a number.
    var samples: [UInt32]
    var started: UInt64
    var ended: UInt64

    var seconds: Double { Double(ended - started) / 1e9 }
}

/// How much a worker does: so many operations, or for so long, whichever comes first.
struct Extent: Sendable {
    var count: Int
    var nanoseconds: UInt64

    init(count: Int, seconds: Double = 1e6) {
        self.count = count
        nanoseconds = UInt64(seconds * 1e9)
    }
}

extension TimedRun {
    /// Calls `operation` with one number after the other, and reads the clock once between calls.
    @inline(__always)
    static func timing(
        _ extent: Extent,
        _ operation: (Int) throws -> Void
    ) rethrows -> TimedRun {
        var samples = [UInt32](repeating: 0, count: extent.count)
        let started = bench_now()
        var last = started
        let done = try samples.withUnsafeMutableBufferPointer { samples in
            for index in samples.indices {
                try operation(index)
                let now = bench_now()
                samples[index] = UInt32(truncatingIfNeeded: min(now &- last, 0xffff_ffff))
                last = now
                if now &- started >= extent.nanoseconds { return index + 1 }
            }
            return samples.count
        }
        samples.removeSubrange(done...)
        return TimedRun(samples: samples, started: started, ended: last)
    }

    /// Same for operations that wait without blocking a thread.
    @inline(__always)
    static func timing(
        _ extent: Extent,
        _ operation: (Int) async throws -> Void
    ) async rethrows -> TimedRun {
        var samples = [UInt32](repeating: 0, count: extent.count)
        let started = bench_now()
        var last = started
        var done = 0
        while done < extent.count {
            try await operation(done)
            let now = bench_now()
            samples[done] = UInt32(truncatingIfNeeded: min(now &- last, 0xffff_ffff))
            last = now
            done += 1
            if now &- started >= extent.nanoseconds { break }
        }
        samples.removeSubrange(done...)
        return TimedRun(samples: samples, started: started, ended: last)
    }
}
