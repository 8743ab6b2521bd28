#if Tools
    import ArgumentParser
    import FileSessions
    import LogEngine
    import SessionCore

    struct StatsCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "stats",
            abstract: "Counts sessions and bytes.",
            discussion: """
                Live bytes belong to records that are a session's newest, dead ones to all others. Space \
                amplification is both over the live ones. Index bytes are memory that a process with \
                the store open needs; the worst moment is while a table grows, and only known from \
                100,000 sessions on.

                JSON KEYS: sessions, expiredSessions, liveBytes, deadBytes, expiredBytes, \
                spaceAmplification, fileBytes, indexBytes, indexBytesPerSession, \
                indexBytesPerSessionMax, manifestEdition, segments [file, records, liveRecords, bytes, \
                liveBytes, deadBytes], tornTail {file, byteOffset, bytes}, damages [file, byteOffset, \
                bytes, detail]. What can't be known is null.
                """
        )

        @OptionGroup var common: CommonOptions
        @OptionGroup var life: ExpiryOptions

        func run() async throws {
            let outcome = try await Store.read(common.directory, expiresIn: life.expiresIn) {
                store in
                let statistics = try await store.statistics()
                if common.json {
                    Output.print(json(statistics, store.recovery))
                    return Outcome(
                        tornTail: store.recovery?.tornTail,
                        damages: store.recovery?.damages ?? []
                    )
                }
                Output.say(text(statistics))
                return Store.outcome(of: store)
            }
            try outcome.conclude()
        }

        private func text(_ statistics: LogStatistics) -> String {
            var table = Table()
            let alive = statistics.keyCount - statistics.expiredKeyCount
            table.add("sessions", grouped(alive))
            table.add("expired sessions", grouped(statistics.expiredKeyCount))
            table.add("live bytes", grouped(statistics.liveByteCount))
            table.add("  of them expired", grouped(statistics.expiredByteCount))
            table.add("dead bytes", grouped(statistics.deadByteCount))
            table.add("space amplification", rounded(statistics.spaceAmplification))
            table.add("file bytes", grouped(statistics.fileByteCount))
            table.add("index bytes", grouped(statistics.indexByteCount))
            table.add("  per session now", rounded(statistics.indexBytesPerKey))
            table.add("  per session, worst moment", rounded(statistics.indexBytesPerKeyMax))
            table.add("manifest edition", grouped(statistics.manifestEdition))
            var segments = Table()
            segments.add("segment", "records", "live", "bytes", "live bytes", "dead bytes")
            for segment in statistics.segments {
                segments.add(
                    segment.file,
                    grouped(segment.recordCount),
                    grouped(segment.liveRecordCount),
                    grouped(segment.recordByteCount),
                    grouped(segment.liveByteCount),
                    grouped(deadByteCount(segment))
                )
            }
            return table.lines(rightAligned: [1]) + "\n\n"
                + segments.lines(rightAligned: [1, 2, 3, 4, 5])
        }

        private func deadByteCount(_ segment: LogStatistics.Segment) -> UInt64 {
            segment.recordByteCount - min(segment.recordByteCount, segment.liveByteCount)
        }

        private func json(_ statistics: LogStatistics, _ report: RecoveryReport?) -> JSON {
            let segments = statistics.segments.map { segment -> JSON in
                [
                    "file": .string(segment.file),
                    "records": JSON(segment.recordCount),
                    "liveRecords": JSON(segment.liveRecordCount),
                    "bytes": JSON(segment.recordByteCount),
                    "liveBytes": JSON(segment.liveByteCount),
                    "deadBytes": JSON(deadByteCount(segment)),
                ]
            }
            return [
                "sessions": JSON(statistics.keyCount - statistics.expiredKeyCount),
                "expiredSessions": JSON(statistics.expiredKeyCount),
                "liveBytes": JSON(statistics.liveByteCount),
                "deadBytes": JSON(statistics.deadByteCount),
                "expiredBytes": JSON(statistics.expiredByteCount),
                "spaceAmplification": statistics.spaceAmplification.map { JSON($0) } ?? .null,
                "fileBytes": JSON(statistics.fileByteCount),
                "indexBytes": JSON(statistics.indexByteCount),
                "indexBytesPerSession": statistics.indexBytesPerKey.map { JSON($0) } ?? .null,
                "indexBytesPerSessionMax": statistics.indexBytesPerKeyMax.map { JSON($0) } ?? .null,
                "manifestEdition": JSON(statistics.manifestEdition),
                "segments": .array(segments),
                "tornTail": JSON(tornTail: report?.tornTail),
                "damages": .array((report?.damages ?? []).map { JSON(damage: $0) }),
            ]
        }
    }
#endif
