import Glibc

/// Prints each measurement as soon as it is there: a line of a table, or of JSON.
struct Report {
    let isJSON: Bool

    private static let nameWidth = 30
    private static let numberWidth = 14

    func begin() {
        guard !isJSON else { return }
        let title = "nanoseconds an operation"
        let spaces = String(repeating: " ", count: Self.nameWidth - title.count)
        print(title + spaces + padded("median") + padded("minimum"))
    }

    func add(_ name: String, _ rounds: [Double]) {
        let sorted = rounds.sorted()
        let median = tenths(sorted[sorted.count / 2])
        let minimum = tenths(sorted[0])
        if isJSON {
            print("{\"benchmark\":\"\(name)\",\"median_ns\":\(median),\"min_ns\":\(minimum)}")
        } else {
            let spaces = String(repeating: " ", count: max(1, Self.nameWidth - name.count))
            print(name + spaces + padded(median) + padded(minimum))
        }
        // Somebody may wait for it at the other end of a pipe.
        fflush(nil)
    }

    private func tenths(_ number: Double) -> String {
        let rounded = Int((number * 10).rounded())
        return "\(rounded / 10).\(rounded % 10)"
    }

    private func padded(_ text: String) -> String {
        String(repeating: " ", count: max(1, Self.numberWidth - text.count)) + text
    }
}
