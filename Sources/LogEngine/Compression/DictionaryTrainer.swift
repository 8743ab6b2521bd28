/// Decides which dictionary a segment is compressed with.
package enum DictionaryTrainer {
    /// Longest dictionary that is made, in bytes.
    package static let byteCountMax = 64 * 1_024

    /// So many bytes of sessions pay for one byte of dictionary: from 16 to 32 KB pays at 2,700
    /// sessions, from 32 to 64 KB at 6,500, from 64 to 112 KB at 20,000.
    static let bytesPerDictionaryByte = 100

    static let byteCountMin = 1_024

    /// A dictionary in use makes way for one that leaves less than this share of what it leaves.
    static let replacementPercent = 95

    /// Statistics need fewer samples than content, one in so many: with all of them the result is
    /// 0.05 bytes a session better, and 0.1 s later.
    static let finishingShare = 8

    /// Chooses the dictionary to compress a segment with.
    ///
    /// - Parameters:
    ///   - samples: Of the sessions that the segment is to hold.
    ///   - byteCount: About how many bytes of values the segment is to hold: the dictionary stands
    ///     in the segment, and must save more than it takes.
    ///   - level: What the segment is to be compressed with.
    ///   - previous: The one in use, which stays unless a new one is more than 5 % better: with
    ///     it stays its digest, for any number of segments.
    /// - Returns: A new one, or `previous`; nil when the segment is smaller without any.
    /// - Complexity: 0.2 seconds for full samples.
    package static func dictionary(
        for samples: DictionarySamples,
        byteCount: Int,
        level: Int,
        previous: CompressionDictionary? = nil
    ) -> CompressionDictionary? {
        let heldOutByteCount = samples.heldOut.reduce(0) { $0 + $1.count }
        guard heldOutByteCount > 0 else { return nil }
        /// Bytes of a segment that is compressed with `dictionary`, as far as the samples can tell.
        func segmentByteCount(_ dictionary: CompressionDictionary?) -> Double {
            let encoder = BodyEncoder(.zstandard(level: level, dictionary: dictionary))
            let stored = samples.heldOut.reduce(0) { sum, text in
                let body = encoder.compress(
                    text,
                    hasKeyReferences: false,
                    byteCountMax: text.count
                )
                return sum + (body?.bytes.count ?? text.count)
            }
            let share = Double(stored) / Double(heldOutByteCount)
            return share * Double(byteCount) + Double(dictionary?.bytes.count ?? 0)
        }
        var best: CompressionDictionary?
        var bestByteCount = segmentByteCount(nil)
        if let previous {
            let count = segmentByteCount(previous)
            if count < bestByteCount { (best, bestByteCount) = (previous, count) }
        }
        let length = min(byteCountMax, byteCount / bytesPerDictionaryByte)
        if let trained = train(samples, byteCount: length, level: level) {
            let count = segmentByteCount(trained)
            let percent = best == nil ? 100 : Double(replacementPercent)
            if count < bestByteCount * percent / 100 { best = trained }
        }
        return best
    }

    /// Returns a new dictionary of about `byteCount` bytes, whatever it is worth; nil when there
    /// are too few samples, or they have nothing in common.
    package static func train(
        _ samples: DictionarySamples,
        byteCount: Int,
        level: Int
    ) -> CompressionDictionary? {
        guard byteCount >= byteCountMin,
            let trained = samples.training.train(byteCountMax: byteCount)
        else { return nil }
        let finished = samples.training.finish(
            trained,
            level: level,
            share: finishingShare
        )
        return CompressionDictionary(finished ?? trained)
    }
}
