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
                Live bytes belong to records that are a session's newest, dead ones to all others. \
                Space amplification is both over the live ones. Index bytes are memory that a \
                process with the store open needs; the worst moment is while a table grows, and \
                only known from 100,000 sessions on. Live records and bytes are kept by counters; they \
                are counted anew from the index, and a difference ends with the code for damage.

                A tombstone hides older records of a session that is gone. It is kept as long as \
                there may be any: in the segment named, for tombstones from the number named on. \
                Those of the segment being written to are not counted yet.

                JSON KEYS: sessions, expiredSessions, liveBytes, deadBytes, expiredBytes, \
                tombstones, tombstoneBytes, keptTombstones, keptTombstoneBytes, \
                spaceAmplification, fileBytes, indexBytes, indexBytesPerSession, \
                indexBytesPerSessionMax, manifestEdition, segments [file, records, liveRecords, \
                bytes, liveBytes, deadBytes, tombstones, tombstoneBytes, keptFor {file, \
                sequenceMin}], miscounts [file, liveRecords, liveBytes, \
                countedRecords, countedBytes], tornTail {file, byteOffset, bytes}, damages [file, \
                byteOffset, bytes, detail]. What can't be known is null.
                """
        )

        @OptionGroup var common: CommonOptions
        @OptionGroup var life: ExpiryOptions

        func run() async throws {
            let outcome = try await Store.read(common.directory, expiresIn: life.expiresIn) {
                store in
                let statistics = try await store.statistics()
                let recount = try await recount(store)
                let isRight = recount?.isRight ?? true
                if common.json {
                    Output.print(json(statistics, recount, store.recovery))
                    let outcome = Outcome(
                        tornTail: store.recovery?.tornTail,
                        damages: store.recovery?.damages ?? []
                    )
                    return isRight ? outcome : .damaged
                }
                Output.say(text(statistics, recount))
                let outcome = Store.outcome(of: store)
                warn(recount)
                return isRight ? outcome : .damaged
            }
            try outcome.conclude()
        }

        /// Nil when it can't be known: a running bot has compacted meanwhile.
        private func recount(_ store: FileSessionStore) async throws -> LogRecount? {
            do throws(SessionStoreError) {
                return try await store.recount()
            } catch {
                guard case .unavailable = error else { throw error }
                return nil
            }
        }

        private func warn(_ recount: LogRecount?) {
            guard let recount else { return }
            for damage in recount.damages {
                Output.warn("damaged, and not counted: \(escaped("\(damage)"))")
            }
            for found in recount.miscounts {
                Output.warn(
                    "miscounted: \(found.file) has \(found.liveRecordCount) live records of"
                        + " \(found.liveByteCount) bytes by its counters,"
                        + " \(found.countedRecordCount) of \(found.countedByteCount) by the index"
                )
            }
        }

        private func answer(_ recount: LogRecount?) -> String {
            guard let recount else { return "-" }
            if !recount.damages.isEmpty { return "damaged" }
            return recount.miscounts.isEmpty ? "right" : "wrong"
        }

        private func text(_ statistics: LogStatistics, _ recount: LogRecount?) -> String {
            var table = Table()
            let alive = statistics.keyCount - statistics.expiredKeyCount
            table.add("sessions", grouped(alive))
            table.add("expired sessions", grouped(statistics.expiredKeyCount))
            table.add("live bytes", grouped(statistics.liveByteCount))
            table.add("  of them expired", grouped(statistics.expiredByteCount))
            table.add("dead bytes", grouped(statistics.deadByteCount))
            table.add("tombstones", grouped(statistics.tombstoneCount))
            table.add("  of them kept", grouped(statistics.keptTombstoneCount))
            table.add("  bytes of those", grouped(statistics.keptTombstoneByteCount))
            table.add("space amplification", rounded(statistics.spaceAmplification))
            table.add("file bytes", grouped(statistics.fileByteCount))
            table.add("index bytes", grouped(statistics.indexByteCount))
            table.add("  per session now", rounded(statistics.indexBytesPerKey))
            table.add("  per session, worst moment", rounded(statistics.indexBytesPerKeyMax))
            table.add("manifest edition", grouped(statistics.manifestEdition))
            table.add("counters", answer(recount))
            var segments = Table()
            segments.add(
                "segment", "records", "live", "bytes", "live bytes", "dead bytes", "tombstones",
                "kept for"
            )
            for segment in statistics.segments {
                segments.add(
                    segment.file,
                    grouped(segment.recordCount),
                    grouped(segment.liveRecordCount),
                    grouped(segment.recordByteCount),
                    grouped(segment.liveByteCount),
                    grouped(deadByteCount(segment)),
                    segment.tombstones.map { grouped($0.count) } ?? "-",
                    segment.tombstones?.heldBy.map { "\($0.file) from \($0.sequenceMin)" } ?? "-"
                )
            }
            return table.lines(rightAligned: [1]) + "\n\n"
                + segments.lines(rightAligned: [1, 2, 3, 4, 5, 6])
        }

        private func deadByteCount(_ segment: LogStatistics.Segment) -> UInt64 {
            segment.recordByteCount - min(segment.recordByteCount, segment.liveByteCount)
        }

        private func json(
            _ statistics: LogStatistics,
            _ recount: LogRecount?,
            _ report: RecoveryReport?
        ) -> JSON {
            let segments = statistics.segments.map { segment -> JSON in
                [
                    "file": .string(segment.file),
                    "records": JSON(segment.recordCount),
                    "liveRecords": JSON(segment.liveRecordCount),
                    "bytes": JSON(segment.recordByteCount),
                    "liveBytes": JSON(segment.liveByteCount),
                    "deadBytes": JSON(deadByteCount(segment)),
                    "tombstones": segment.tombstones.map { JSON($0.count) } ?? .null,
                    "tombstoneBytes": segment.tombstones.map { JSON($0.byteCount) } ?? .null,
                    "keptFor": segment.tombstones?.heldBy.map { holder in
                        [
                            "file": .string(holder.file),
                            "sequenceMin": JSON(holder.sequenceMin),
                        ]
                    } ?? .null,
                ]
            }
            return [
                "sessions": JSON(statistics.keyCount - statistics.expiredKeyCount),
                "expiredSessions": JSON(statistics.expiredKeyCount),
                "liveBytes": JSON(statistics.liveByteCount),
                "deadBytes": JSON(statistics.deadByteCount),
                "expiredBytes": JSON(statistics.expiredByteCount),
                "tombstones": JSON(statistics.tombstoneCount),
                "tombstoneBytes": JSON(statistics.tombstoneByteCount),
                "keptTombstones": JSON(statistics.keptTombstoneCount),
                "keptTombstoneBytes": JSON(statistics.keptTombstoneByteCount),
                "spaceAmplification": statistics.spaceAmplification.map { JSON($0) } ?? .null,
                "fileBytes": JSON(statistics.fileByteCount),
                "indexBytes": JSON(statistics.indexByteCount),
                "indexBytesPerSession": statistics.indexBytesPerKey.map { JSON($0) } ?? .null,
                "indexBytesPerSessionMax": statistics.indexBytesPerKeyMax.map { JSON($0) } ?? .null,
                "manifestEdition": JSON(statistics.manifestEdition),
                "segments": .array(segments),
                "miscounts": recount.map { json($0) } ?? .null,
                "tornTail": JSON(tornTail: report?.tornTail),
                "damages": .array(damages(recount, report).map { JSON(damage: $0) }),
            ]
        }

        private func json(_ recount: LogRecount) -> JSON {
            guard recount.damages.isEmpty else { return .null }
            return .array(
                recount.miscounts.map { found in
                    [
                        "file": .string(found.file),
                        "liveRecords": JSON(found.liveRecordCount),
                        "liveBytes": JSON(found.liveByteCount),
                        "countedRecords": JSON(found.countedRecordCount),
                        "countedBytes": JSON(found.countedByteCount),
                    ]
                }
            )
        }

        private func damages(_ recount: LogRecount?, _ report: RecoveryReport?) -> [LogDamage] {
            (report?.damages ?? []) + (recount?.damages ?? [])
        }
    }
#endif
