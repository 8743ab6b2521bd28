import BenchReport

/// Memory after opening and after reads, in a process that has nothing else.
extension Bench {
    func measureMemory() {
        eachRound(of: "memory", subjects(in: .memory)) { subject, round in
            let records = records(subject)
            let directory = directories.path(try loaded(subject))
            let child = try Child([
                "memory", "--engine", subject.name, "--directory", directory,
                "--records", String(records), "--reads", String(reads(subject, records)),
            ])
            let line = child.lastLine()
            try child.wait()
            let numbers = (line ?? "").split(separator: " ").compactMap { Int($0) }
            guard numbers.count == 3 else { throw BenchError("No numbers, but \(line ?? "").") }
            var measurement = Measurement(
                phase: Phase.memory.rawValue,
                engine: subject.name,
                records: records,
                round: round,
                operations: records,
                seconds: 0
            )
            let (opened, read, index) = (numbers[0], numbers[1], numbers[2])
            measurement.anonymousMemory = read
            measurement.add("opened_bytes", Double(opened))
            measurement.add("memory_per_session", Double(read) / Double(records))
            if subject.isOurs {
                let worst = indexBytesPerKeyMax[records] ?? Double(index) / Double(records)
                measurement.add(Extra.indexPerSession, worst)
                measurement.add(Extra.otherMemory, Double(read - index))
            }
            try record(measurement)
        }
    }

    /// Everything twice; a server's memory is the same after a few reads, which take long.
    private func reads(_ subject: Subject, _ records: Int) -> Int {
        subject.name.hasPrefix("redis") ? min(records, 10_000) : 2 * records
    }
}
