#if Tools
    import ArgumentParser
    import FileSessions
    import LogEngine
    import SessionCore

    struct CompactCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "compact",
            abstract: "Gives back the space of what is dead or has expired.",
            discussion: """
                Rewrites every segment that has something to give back. A bot does so by itself; \
                this does all of it at once, and needs the directory for itself. What is damaged \
                stays as it is. With --expires-in, sessions that have expired by that setting go \
                for good.

                JSON KEYS: inputSegments, outputSegments, inputBytes, outputBytes, freedBytes, \
                movedSessions, expiredSessions, keptTombstones, damagedSegments, seconds.
                """
        )

        @OptionGroup var common: CommonOptions
        @OptionGroup var life: ExpiryOptions

        func run() async throws {
            let outcome = try await Store.write(common.directory, expiresIn: life.expiresIn) {
                store in
                let report = try await store.compact()
                if common.json { Output.print(json(report)) } else { Output.say(text(report)) }
                return report.damagedSegmentCount > 0 ? .damaged : Store.outcome(of: store)
            }
            try outcome.conclude()
        }

        private func text(_ report: CompactionReport) -> String {
            var table = Table()
            table.add("segments before", grouped(report.inputSegmentCount))
            table.add("segments after", grouped(report.outputSegmentCount))
            table.add("bytes before", grouped(report.inputByteCount))
            table.add("bytes after", grouped(report.outputByteCount))
            table.add("bytes given back", grouped(report.freedByteCount))
            table.add("sessions moved", grouped(report.movedRecordCount))
            table.add("sessions expired", grouped(report.expiredRecordCount))
            table.add("tombstones kept", grouped(report.keptTombstoneCount))
            table.add("damaged segments left alone", grouped(report.damagedSegmentCount))
            table.add("seconds", rounded(seconds(report)))
            return table.lines(rightAligned: [1])
        }

        private func seconds(_ report: CompactionReport) -> Double {
            Double(report.nanoseconds) / 1e9
        }

        private func json(_ report: CompactionReport) -> JSON {
            [
                "inputSegments": JSON(report.inputSegmentCount),
                "outputSegments": JSON(report.outputSegmentCount),
                "inputBytes": JSON(report.inputByteCount),
                "outputBytes": JSON(report.outputByteCount),
                "freedBytes": JSON(report.freedByteCount),
                "movedSessions": JSON(report.movedRecordCount),
                "expiredSessions": JSON(report.expiredRecordCount),
                "keptTombstones": JSON(report.keptTombstoneCount),
                "damagedSegments": JSON(report.damagedSegmentCount),
                "seconds": JSON(seconds(report)),
            ]
        }
    }
#endif
