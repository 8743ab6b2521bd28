#if Tools
    import ArgumentParser
    import LogEngine
    import SessionCore

    struct InspectCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "inspect",
            abstract: "Shows the files of a store: manifest, segments, footers, index.",
            discussion: """
                Reads no records but those of the active segment; verify reads them all.

                JSON KEYS: formatVersion, manifest {edition, storeID, sequenceFloor, timeFloor, \
                nextSegment, bytes}, segments [file, state, fileBytes, records, bytes, \
                liveRecords, liveBytes, deadBytes, expiredRecords, expiredBytes, \
                destroyTombstones, expiryTombstones, compacted, firstSequence, \
                lastSequence, footer {state, records, reason}], checkpoint {state, bytes, \
                replayedRecords, reason}, tornTail {file, byteOffset, bytes}, cutFiles [file, \
                bytes], leftoverFiles [file, bytes], damages [file, byteOffset, bytes, id, \
                detail]. What can't be known is null.
                """
        )

        @OptionGroup var common: CommonOptions
        @OptionGroup var life: ExpiryOptions

        func run() async throws {
            let options = try Store.logOptions(expiresIn: life.expiresIn)
            let found: LogInspection
            do {
                found = try await Store.lookingAgain(\.tornTail) {
                    try SegmentLog.inspect(common.directory, options: options)
                }
            } catch let error as LogError {
                throw Failure(error, in: common.directory)
            }
            if common.json {
                Output.print(InspectionReport(found).json)
            } else {
                Output.say(InspectionReport(found).text)
            }
            try Outcome(tornTail: found.tornTail, damages: found.damages).conclude()
        }
    }
#endif
