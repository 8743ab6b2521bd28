#if Tools
    import LogEngine
    import SessionCore

    /// What `inspect` prints.
    struct InspectionReport {
        private let found: LogInspection

        init(_ found: LogInspection) {
            self.found = found
        }

        // MARK: Text

        var text: String {
            var parts = [
                "manifest\n" + manifest, "segments\n" + segments, "checkpoint\n  " + checkpoint,
            ]
            if let tail = found.tornTail {
                let place = "\(tail.file) at byte \(tail.byteOffset), \(tail.byteCount) bytes"
                parts.append("torn tail\n  \(place); the next opening for writing cuts it")
            }
            parts +=
                files("cut files", found.cutFiles) + files("leftover files", found.leftoverFiles)
            if !found.damages.isEmpty {
                let lines = found.damages.map { "  " + escaped("\($0)") }
                parts.append("damages\n" + lines.joined(separator: "\n"))
            }
            return parts.joined(separator: "\n\n")
        }

        private var manifest: String {
            var table = Table()
            table.add("format version", "\(LogInspection.formatVersion)")
            table.add("store", hexadecimal(found.manifest.storeID))
            table.add("edition", grouped(found.manifest.edition))
            table.add("sequence floor", grouped(found.manifest.sequenceFloor))
            table.add("next segment", grouped(found.manifest.nextSegment))
            table.add("bytes", grouped(found.manifest.byteCount))
            return table.lines()
        }

        private var segments: String {
            var table = Table()
            table.add(
                "file", "state", "footer", "file bytes", "records", "bytes", "live", "live bytes",
                "dead bytes", "expired", "expired bytes", "destroy tombstones",
                "expiry tombstones", "sequences"
            )
            for segment in found.segments {
                table.add(
                    segment.file,
                    segment.isCompacted ? "compacted" : segment.state.rawValue,
                    footerState(segment),
                    segment.fileByteCount.map { grouped($0) } ?? "missing",
                    grouped(segment.recordCount),
                    grouped(segment.recordByteCount),
                    grouped(segment.liveRecordCount),
                    grouped(segment.liveByteCount),
                    grouped(segment.deadByteCount),
                    grouped(segment.expiredRecordCount),
                    grouped(segment.expiredByteCount),
                    segment.destroyTombstoneCount.map { grouped($0) } ?? "-",
                    segment.expiryTombstoneCount.map { grouped($0) } ?? "-",
                    segment.sequences.map { "\($0.lowerBound)-\($0.upperBound)" } ?? "-"
                )
            }
            return table.lines(rightAligned: Set(3...12))
        }

        private func footerState(_ segment: LogInspection.Segment) -> String {
            switch segment.footer {
            case .none: "none yet"
            case .sound: "sound"
            case .damaged: "damaged"
            }
        }

        private var checkpoint: String {
            switch found.checkpoint {
            case .absent: "absent"
            case .fresh(let count): "fresh, \(grouped(count)) bytes"
            case .behind(let count, let replayed):
                "\(grouped(replayed)) records behind, \(grouped(count)) bytes"
            case .unusable(let count, let reason):
                "not usable, \(grouped(count)) bytes: \(escaped(reason))"
            }
        }

        private func files(_ title: String, _ files: [LogInspection.File]) -> [String] {
            guard !files.isEmpty else { return [] }
            var table = Table()
            for file in files { table.add(file.name, grouped(file.byteCount)) }
            return [title + "\n" + table.lines(rightAligned: [1])]
        }

        private func hexadecimal(_ number: UInt64) -> String {
            let digits = String(number, radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }

        // MARK: JSON

        var json: JSON {
            [
                "formatVersion": JSON(LogInspection.formatVersion),
                "manifest": [
                    "edition": JSON(found.manifest.edition),
                    "storeID": .string(hexadecimal(found.manifest.storeID)),
                    "sequenceFloor": JSON(found.manifest.sequenceFloor),
                    "timeFloor": JSON(found.manifest.timeFloor),
                    "nextSegment": JSON(found.manifest.nextSegment),
                    "bytes": JSON(found.manifest.byteCount),
                ],
                "segments": .array(found.segments.map(json)),
                "checkpoint": checkpointJSON,
                "tornTail": JSON(tornTail: found.tornTail),
                "cutFiles": .array(found.cutFiles.map { JSON(file: $0) }),
                "leftoverFiles": .array(found.leftoverFiles.map { JSON(file: $0) }),
                "damages": .array(found.damages.map { JSON(damage: $0) }),
            ]
        }

        private func json(_ segment: LogInspection.Segment) -> JSON {
            [
                "file": .string(segment.file),
                "state": .string(segment.state.rawValue),
                "fileBytes": segment.fileByteCount.map { JSON($0) } ?? .null,
                "records": JSON(segment.recordCount),
                "bytes": JSON(segment.recordByteCount),
                "liveRecords": JSON(segment.liveRecordCount),
                "liveBytes": JSON(segment.liveByteCount),
                "deadBytes": JSON(segment.deadByteCount),
                "expiredRecords": JSON(segment.expiredRecordCount),
                "expiredBytes": JSON(segment.expiredByteCount),
                "destroyTombstones": segment.destroyTombstoneCount.map { JSON($0) } ?? .null,
                "expiryTombstones": segment.expiryTombstoneCount.map { JSON($0) } ?? .null,
                "compacted": .bool(segment.isCompacted),
                "firstSequence": segment.sequences.map { JSON($0.lowerBound) } ?? .null,
                "lastSequence": segment.sequences.map { JSON($0.upperBound) } ?? .null,
                "footer": footerJSON(segment.footer),
            ]
        }

        private func footerJSON(_ footer: LogInspection.Segment.Footer) -> JSON {
            switch footer {
            case .none: ["state": "none", "records": nil, "reason": nil]
            case .sound(let count): ["state": "sound", "records": JSON(count), "reason": nil]
            case .damaged(let reason):
                ["state": "damaged", "records": nil, "reason": .string(reason)]
            }
        }

        private var checkpointJSON: JSON {
            var state: JSON = [
                "state": "absent", "bytes": nil, "replayedRecords": nil, "reason": nil,
            ]
            switch found.checkpoint {
            case .absent: break
            case .fresh(let count):
                state["state"] = "fresh"
                state["bytes"] = JSON(count)
            case .behind(let count, let replayed):
                state["state"] = "behind"
                state["bytes"] = JSON(count)
                state["replayedRecords"] = JSON(replayed)
            case .unusable(let count, let reason):
                state["state"] = "unusable"
                state["bytes"] = JSON(count)
                state["reason"] = .string(reason)
            }
            return state
        }
    }
#endif
