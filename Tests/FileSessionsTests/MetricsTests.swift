#if Metrics
    import Foundation
    import MetricsTestKit
    import SessionCore
    import SimulatedDisks
    import Testing

    @testable import FileSessions
    @testable import LogEngine

    @Suite struct MetricsTests {
        let metrics = TestMetrics()
        let disk = SimulatedDisk(seed: 21)

        private func makeOptions() -> FileSessionOptions {
            var options = FileSessionOptions(dirname: "/store")
            options.limits.segmentByteCountMax = 2_000
            options.limits.maintenance = .manual
            options.measure(with: metrics)
            return options
        }

        private func counter(_ label: String) throws -> Int64 {
            try metrics.expectCounter(label, [("store", "/store")]).totalValue
        }

        private func meter(_ label: String) throws -> Double? {
            try metrics.expectMeter(label, [("store", "/store")]).lastValue
        }

        private func timer(_ label: String) throws -> [Int64] {
            try metrics.expectTimer(label, [("store", "/store")]).values
        }

        // MARK: A store

        @Test func `what a store writes and compacts is counted`() async throws {
            let store = FileSessionStore(makeOptions(), on: disk)
            for number in 0..<60 {
                try await store.write(Session(id: try SessionID("a:\(number % 30)")))
            }
            for number in 0..<10 { try await store.destroy(try SessionID("a:\(number)")) }
            let before = try await store.statistics()
            #expect(try counter("session_written_records_total") == 70)
            #expect(try counter("session_written_bytes_total") == Int64(before.writtenByteCount))
            let batches = try metrics.expectRecorder(
                "session_sync_records",
                [("store", "/store")]
            )
            #expect(batches.aggregate)
            #expect(batches.values == [Double](repeating: 1, count: 70))
            // One for each write, and none for the footers of segments that ended.
            let seals = try counter("session_seals_total")
            #expect(seals > 2)
            #expect(try timer("session_sync_seconds").count == 70)

            let report = try await store.compact()
            let after = try await store.statistics()
            #expect(try counter("session_compacted_bytes_total") == Int64(report.inputByteCount))
            #expect(try counter("session_copied_bytes_total") == Int64(report.outputByteCount))
            #expect(try counter("session_moved_records_total") == 20)
            #expect(try meter("session_sessions") == 20)
            #expect(try meter("session_live_bytes") == Double(after.liveByteCount))
            #expect(try meter("session_dead_bytes") == 0)
            #expect(try meter("session_file_bytes") == Double(after.fileByteCount))
            #expect(try meter("session_segments") == Double(after.segments.count))
            #expect(try meter("session_space_amplification") == after.spaceAmplification)
            #expect(try meter("session_write_amplification") == after.writeAmplification)
            try await store.close()
            #expect(try counter("session_checkpoints_total") == 1)
        }

        @Test func `an opening is counted, and measured at once`() async throws {
            for count in 1...2 {
                let store = FileSessionStore(makeOptions(), on: disk)
                try await store.open()
                #expect(try counter("session_openings_total") == Int64(count))
                #expect(try timer("session_recovery_seconds").count == count)
                #expect(try meter("session_sessions") == Double(count - 1))
                try await store.write(Session(id: "a:1"))
                try await store.close()
            }
        }

        @Test func `writes that are not synced are counted with the next sync`() {
            let observer = FileSessionMetrics(metrics, store: "/store")
            observer.didCommit(recordCount: 2, byteCount: 96, syncNanoseconds: nil)
            observer.didCommit(recordCount: 1, byteCount: 48, syncNanoseconds: nil)
            #expect(metrics.counterTotal(label: "session_written_records_total") == 0)
            observer.didSync(nanoseconds: 5)
            #expect(metrics.counterTotal(label: "session_written_records_total") == 3)
            #expect(metrics.counterTotal(label: "session_written_bytes_total") == 144)
            #expect(metrics.recorders(label: "session_sync_records").map(\.values) == [[3]])
            #expect(metrics.timers(label: "session_sync_seconds").map(\.values) == [[5]])
            // Nothing was written since.
            observer.didSync(nanoseconds: 6)
            #expect(metrics.recorders(label: "session_sync_records").map(\.values) == [[3]])
        }

        // MARK: Each one

        @Test func `every metric has the value that was told`() throws {
            let observer = FileSessionMetrics(metrics, store: "/store")
            let damage = LogDamage(file: "f", byteOffset: 0, detail: "d")
            var opening = RecoveryReport()
            opening.nanoseconds = 11
            opening.replayedRecordCount = 12
            opening.tornTail = .init(file: "f", byteOffset: 0, byteCount: 13)
            opening.damages = [damage]
            observer.didOpen(opening)
            observer.didCommit(recordCount: 2, byteCount: 96, syncNanoseconds: 14)
            observer.didSeal(file: "f", byteCount: 1, recordCount: 1)
            observer.didWriteCheckpoint(slotCount: 1)
            var compaction = CompactionReport()
            compaction.inputByteCount = 21
            compaction.outputByteCount = 22
            compaction.movedRecordCount = 23
            compaction.expiredRecordCount = 24
            compaction.keptTombstoneCount = 25
            compaction.nanoseconds = 26
            observer.didCompact(compaction)
            observer.didTakeBackPins(count: 27)
            observer.didFindDamage(damage)
            observer.didPoison(LogFault("sync", file: "f", detail: "d"))
            observer.didChangeDiskSpace(isFull: true)
            observer.didFail(.closed)
            var statistics = LogStatistics()
            statistics.keyCount = 31
            statistics.liveByteCount = 100
            statistics.expiredByteCount = 33
            statistics.deadByteCount = 50
            statistics.fileByteCount = 34
            statistics.pinnedByteCount = 35
            statistics.indexByteCount = 36
            statistics.keptTombstoneCount = 37
            statistics.keptTombstoneByteCount = 38
            statistics.writtenByteCount = 100
            statistics.copiedByteCount = 25
            observer.didMeasure(statistics)

            let counts: [String: Int64] = [
                "openings": 1, "replayed_records": 12, "cut_bytes": 13, "damages": 2,
                "written_records": 2, "written_bytes": 96, "seals": 1, "checkpoints": 1,
                "compactions": 1, "compacted_bytes": 21, "copied_bytes": 22, "moved_records": 23,
                "expired_records": 24, "kept_tombstones": 25, "taken_back_pins": 27,
                "poisonings": 1, "failures": 1,
            ]
            for (name, count) in counts { #expect(try counter("session_\(name)_total") == count) }
            #expect(metrics.counters.count == counts.count)
            let times: [String: Int64] = ["recovery": 11, "sync": 14, "compaction": 26]
            for (name, time) in times { #expect(try timer("session_\(name)_seconds") == [time]) }
            #expect(metrics.timers.count == times.count)
            let levels: [String: Double] = [
                "disk_full": 1, "sessions": 31, "live_bytes": 100, "expired_bytes": 33,
                "dead_bytes": 50, "file_bytes": 34, "pinned_bytes": 35, "index_bytes": 36,
                "segments": 0, "kept_tombstones": 37, "kept_tombstone_bytes": 38,
                "space_amplification": 1.5, "write_amplification": 1.25,
            ]
            for (name, level) in levels { #expect(try meter("session_\(name)") == level) }
            #expect(metrics.meters.count == levels.count)
            observer.didChangeDiskSpace(isFull: false)
            #expect(try meter("session_disk_full") == 0)
        }

        @Test func `the article lists the metrics that there are`() throws {
            let article = try String(
                contentsOf: URL(filePath: #filePath).deletingLastPathComponent()
                    .appending(path: "../../Sources/FileSessions/FileSessions.docc/Observing.md"),
                encoding: .utf8
            )
            let listed = Set(article.matches(of: /`(session_\w+)`/).map { String($0.1) })
            _ = FileSessionMetrics(metrics, store: "/store")
            let made =
                metrics.counters.map(\.label) + metrics.timers.map(\.label)
                + metrics.meters.map(\.label) + metrics.recorders.map(\.label)
            #expect(listed == Set(made))
        }

        @Test func `stores that have names are told apart`() {
            var options = FileSessionOptions(dirname: "/store")
            options.measure(with: metrics, as: "main")
            #expect(metrics.counters(label: "session_seals_total").count == 1)
            let named = metrics.counters(
                label: "session_seals_total",
                dimensions: [("store", "main")]
            )
            #expect(named.count == 1)
        }
    }
#endif
