#if Configuration
    /// Finds out what somebody meant who wrote something else.
    enum Spelling {
        /// How many slips there may be between what was written and what was meant.
        static let slipsMax = 2

        /// Longest text that is compared, in characters; no name is longer.
        static let lengthMax = 100

        /// Returns which of `names` was probably meant, if any; case, `-` and `_` don't count.
        static func nearest(to written: String, among names: [String]) -> String? {
            let text = folded(written)
            let found = names.map { (name: $0, slips: slips(text, folded($0))) }
                .min { $0.slips < $1.slips }
            guard let found, found.slips <= slipsMax, found.slips < text.count else { return nil }
            return found.name
        }

        /// Returns how many letters have to be changed, added, left out or swapped with the next
        /// one to get from one text to the other.
        static func slips(_ first: String, _ second: String) -> Int {
            let (first, second) = (Array(first), Array(second))
            guard max(first.count, second.count) <= lengthMax else { return lengthMax }
            var beforeLast: [Int] = []
            var last = Array(0...second.count)
            for row in first.indices {
                var current = [row + 1]
                for column in second.indices {
                    let isSame = first[row] == second[column]
                    var cost = min(
                        last[column] + (isSame ? 0 : 1), last[column + 1] + 1, current[column] + 1)
                    if row > 0, column > 0, first[row] == second[column - 1],
                        first[row - 1] == second[column]
                    {
                        cost = min(cost, beforeLast[column - 1] + 1)
                    }
                    current.append(cost)
                }
                beforeLast = last
                last = current
            }
            return last[second.count]
        }

        /// Returns a value as a message may show it, or nil when it may be a secret or long: only
        /// what looks like a name is shown.
        static func shown(_ value: String) -> String? {
            value.wholeMatch(of: /[A-Za-z0-9_.-]{1,32}/) == nil ? nil : "'\(value)'"
        }

        private static func folded(_ text: String) -> String {
            text.lowercased().filter { $0 != "-" && $0 != "_" }
        }
    }
#endif
