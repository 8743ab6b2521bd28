/// How soon a record expires, roughly.
///
/// Compaction puts records of one class next to each other: they die together, and a segment in
/// which nothing is alive goes without being copied.
enum ExpiryClass: Int, CaseIterable {
    case withinHour, withinDay, withinWeek, later, never

    init(deadline: UInt64?, now: UInt64) {
        guard let deadline else {
            self = .never
            return
        }
        let hour: UInt64 = 3_600_000
        self =
            switch deadline - min(deadline, now) {
            case ..<hour: .withinHour
            case ..<(24 * hour): .withinDay
            case ..<(7 * 24 * hour): .withinWeek
            default: .later
            }
    }

    /// Decides which classes share an output.
    ///
    /// - Parameters:
    ///   - byteCounts: What there is of each class.
    ///   - least: A class, or neighbours together, that have less than this go with the next.
    /// - Returns: For each class, the number of the output that its records go to.
    static func outputs(_ byteCounts: [Int], least: Int) -> [Int] {
        var outputs: [Int] = []
        var (output, filled) = (0, 0)
        for (index, byteCount) in byteCounts.enumerated() {
            let rest = byteCounts[index...].reduce(0, +)
            if filled >= max(1, least), rest >= max(1, least) { (output, filled) = (output + 1, 0) }
            outputs.append(output)
            filled += byteCount
        }
        return outputs
    }
}
