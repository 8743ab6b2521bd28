#if Tools
    import SessionCore

    /// What a copy did, and what its comparison found.
    struct CopyReport {
        /// How many differences are named.
        static let namedMax = 20

        let source: Place
        let target: Place

        var readCount = 0
        var writtenCount = 0
        var alreadyThereCount = 0
        var keptNewerCount = 0
        var expiredCount = 0
        var unreadableCount = 0
        var refusedCount = 0
        var ignoredCount = 0

        /// Whether opening the places found no damage; what was found is told.
        var placesAreSound = true

        /// What the comparison found; nil as long as there was none.
        var compared: Comparison?

        struct Comparison {
            var equalCount = 0
            var newerCount = 0
            var expiredCount = 0
            var differentCount = 0

            /// How many the source no longer had when they were to be compared.
            var goneCount = 0
        }

        struct Difference {
            /// The id, or which lines.
            let name: String
            let detail: String
        }

        private(set) var differences: [Difference] = []

        init(from source: Place, to target: Place) {
            self.source = source
            self.target = target
        }

        // MARK: Counting

        /// Counts what came of a session, and names what somebody should know.
        mutating func add(_ outcome: Copier.Outcome, of id: SessionID, isVerbose: Bool) {
            switch outcome {
            case .written: writtenCount += 1
            case .alreadyThere: alreadyThereCount += 1
            case .keptNewer:
                keptNewerCount += 1
                if isVerbose { Self.warn("kept, newer there: \(escaped(id.rawValue))") }
            case .expired: expiredCount += 1
            case .refused(let cause):
                refusedCount += 1
                Self.warn("refused: \(escaped(id.rawValue)): \(escaped(cause))")
            case .unreadable(let cause):
                unreadableCount += 1
                Self.warn("unreadable: \(target): \(escaped(id.rawValue)): \(escaped(cause))")
            }
        }

        /// Counts something that the source can't give.
        mutating func addUnreadable(_ text: String) {
            unreadableCount += 1
            Self.warn("unreadable: \(text)")
        }

        mutating func add(_ comparison: Copier.Comparison, of id: SessionID) {
            var compared = compared ?? Comparison()
            switch comparison {
            case .equal: compared.equalCount += 1
            case .newer: compared.newerCount += 1
            case .expired: compared.expiredCount += 1
            case .different(let detail):
                compared.differentCount += 1
                name(Difference(name: id.rawValue, detail: detail))
            }
            self.compared = compared
        }

        /// Counts sessions that were read, and were not there to be compared.
        mutating func addGone(_ count: Int) {
            guard count > 0 else { return }
            compared?.goneCount += count
            Self.warn(
                "\(source): \(grouped(count)) sessions were gone when they were to be compared")
        }

        /// Counts lines that are not as they were written.
        mutating func add(different lines: [ClosedRange<Int>]) {
            let count = lines.reduce(0) { $0 + $1.count }
            compared = Comparison(
                equalCount: max(0, writtenCount - count),
                differentCount: count
            )
            for range in lines {
                let name = "lines \(range.lowerBound) to \(range.upperBound)"
                self.name(Difference(name: name, detail: "not all are as they were written"))
            }
        }

        private mutating func name(_ difference: Difference) {
            guard differences.count < Self.namedMax else { return }
            differences.append(difference)
            Self.warn("different: \(escaped(difference.name)): \(escaped(difference.detail))")
        }

        private static func warn(_ text: String) {
            Output.hideProgress()
            Output.warn(text)
        }

        // MARK: Telling

        /// How the command ends.
        var outcome: Outcome {
            let isSound = placesAreSound && unreadableCount == 0 && refusedCount == 0
            let isEqual = compared.map { $0.differentCount == 0 && $0.goneCount == 0 } ?? true
            return isSound && isEqual ? .sound : .damaged
        }

        var text: String {
            var table = Table()
            table.add("read", grouped(readCount))
            table.add("written", grouped(writtenCount))
            table.add("already there", grouped(alreadyThereCount))
            table.add("kept, newer there", grouped(keptNewerCount))
            table.add("expired", grouped(expiredCount))
            table.add("unreadable", grouped(unreadableCount))
            table.add("refused", grouped(refusedCount))
            switch source {
            case .bottenderFiles: table.add("other files", grouped(ignoredCount))
            case .mongo: table.add("other documents", grouped(ignoredCount))
            case .directory, .redis, .lines, .memory: break
            }
            if let compared {
                table.add("compared: equal", grouped(compared.equalCount))
                table.add("compared: newer there", grouped(compared.newerCount))
                table.add("compared: expired", grouped(compared.expiredCount))
                table.add("compared: different", grouped(compared.differentCount))
                if compared.goneCount > 0 {
                    table.add("compared: gone", grouped(compared.goneCount))
                }
            }
            return table.lines(rightAligned: [1]) + "\n" + conclusion
        }

        private var conclusion: String {
            if outcome != .sound { return "not all was read, or not all is equal" }
            return compared == nil ? "copied, and not compared" : "all equal"
        }

        var json: JSON {
            let differences = differences.map { difference -> JSON in
                ["id": .string(difference.name), "detail": .string(difference.detail)]
            }
            return [
                "from": .string("\(source)"),
                "to": .string("\(target)"),
                "read": JSON(readCount),
                "written": JSON(writtenCount),
                "alreadyThere": JSON(alreadyThereCount),
                "keptNewer": JSON(keptNewerCount),
                "expired": JSON(expiredCount),
                "unreadable": JSON(unreadableCount),
                "refused": JSON(refusedCount),
                "ignored": JSON(ignoredCount),
                "compared": compared.map { compared in
                    [
                        "equal": JSON(compared.equalCount),
                        "newer": JSON(compared.newerCount),
                        "expired": JSON(compared.expiredCount),
                        "different": JSON(compared.differentCount),
                        "gone": JSON(compared.goneCount),
                    ]
                } ?? .null,
                "differences": .array(differences),
                "equal": compared == nil ? .null : .bool(outcome == .sound),
            ]
        }
    }
#endif
