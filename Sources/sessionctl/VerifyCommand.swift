#if Tools
    import ArgumentParser
    import LogEngine
    import SessionCore

    struct VerifyCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "verify",
            abstract: "Checks every checksum, and every list and count against the records.",
            discussion: """
                Reads all of the store and names each damage with its place. Beside a running bot, what \
                it writes meanwhile is not looked at.

                JSON KEYS: sound, records, bytes, segments, sessions (expired ones included), damages \
                [file, byteOffset, bytes, id, detail], tornTail {file, byteOffset, bytes}.
                """
        )

        @OptionGroup var common: CommonOptions

        func run() async throws {
            let report: VerificationReport
            do {
                report = try await Store.lookingAgain(\.tornTail) {
                    try SegmentLog.verify(common.directory, progress: Output.showProgress)
                }
            } catch let error as LogError {
                throw Failure(error, in: common.directory)
            }
            if common.json { Output.print(json(report)) } else { Output.say(text(report)) }
            try Outcome(tornTail: report.tornTail, damages: report.damages).conclude()
        }

        private func text(_ report: VerificationReport) -> String {
            var table = Table()
            table.add("segments", grouped(report.segmentCount))
            table.add("sound records", grouped(report.soundRecordCount))
            table.add("bytes", grouped(report.byteCount))
            table.add("sessions", grouped(report.keyCount))
            table.add("damages", grouped(report.damages.count))
            var lines = [table.lines(rightAligned: [1])]
            for damage in report.damages {
                let id =
                    damage.key.map { " of \(escaped(String(decoding: $0, as: UTF8.self)))" } ?? ""
                lines.append("damaged\(id): \(escaped("\(damage)"))")
            }
            if let tail = report.tornTail {
                let place = "\(tail.file) at byte \(tail.byteOffset), \(tail.byteCount) bytes"
                lines.append("torn tail: \(place); the next opening for writing cuts it")
            }
            lines.append(report.isSound ? "sound" : "damaged")
            return lines.joined(separator: "\n")
        }

        private func json(_ report: VerificationReport) -> JSON {
            [
                "sound": .bool(report.isSound),
                "records": JSON(report.soundRecordCount),
                "bytes": JSON(report.byteCount),
                "segments": JSON(report.segmentCount),
                "sessions": JSON(report.keyCount),
                "damages": .array(report.damages.map { JSON(damage: $0) }),
                "tornTail": JSON(tornTail: report.tornTail),
            ]
        }
    }
#endif
