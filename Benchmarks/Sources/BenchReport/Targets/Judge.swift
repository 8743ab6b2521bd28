/// Finds, among the medians, what a target asks for.
struct Judge {
    var medians: [Measurement]

    /// The number of records that targets are about, unless they say otherwise.
    static let usualRecords = 1_000_000

    func outcome(_ target: Target) -> Outcome {
        guard let ours = ours(target), let value = target.figure.value(of: ours) else {
            return Outcome(target, ours: nil, basis: nil)
        }
        if case .fewerWorkers = target.basis { return worstStep(target, upTo: ours) }
        return Outcome(
            target,
            ours: Outcome.Compared(name: target.ours, value: value, records: ours.records),
            basis: find(target.basis, target, ours)
        )
    }

    private func ours(_ target: Target) -> Measurement? {
        let rows = medians.filter { row in
            row.engine == target.ours && row.phase == target.phase
                && row.workers == target.workers
                && target.figure.value(of: row) != nil
                && (target.records ?? row.records) == row.records
        }
        return rows.first { $0.records == Self.usualRecords }
            ?? rows.max { $0.records < $1.records }
    }

    private func find(_ basis: Basis, _ target: Target, _ ours: Measurement) -> Outcome.Compared? {
        switch basis {
        case .nothing, .fewerWorkers:
            nil
        case .engine(let name, let phase, let figure):
            engine(name, phase ?? target.phase, figure ?? target.figure, target, ours)
        case .best(let names):
            best(target, ours) { names.contains($0.name) }
        case .bestPeer:
            best(target, ours, where: \.isPeer)
        case .bestEmbeddedPeer:
            best(target, ours) { $0.isPeer && !$0.isServer }
        case .own(let figure, let phase, let workers):
            own(figure, phase ?? target.phase, workers ?? target.workers, target, ours)
        case .fewestRecords:
            fewestRecords(target, ours)
        case .first(let bases):
            bases.lazy.compactMap { find($0, target, ours) }.first
        }
    }

    private func engine(
        _ name: String,
        _ phase: String,
        _ figure: Figure,
        _ target: Target,
        _ ours: Measurement
    ) -> Outcome.Compared? {
        let isLimit = Engine(name).isLimit
        let rows = medians.filter { row in
            row.engine == name && row.phase == phase && figure.value(of: row) != nil
                && (isLimit || row.workers == ours.workers && row.records == ours.records)
        }
        // A raw loop knows no sessions, and does in one thread what many tasks do together.
        return rows.min { distance($0, ours) < distance($1, ours) }.flatMap { row in
            compared(row, figure, figure == target.figure ? name : "\(name) \(figure.heading)")
        }
    }

    private func distance(_ row: Measurement, _ ours: Measurement) -> (Int, Int) {
        (abs(row.workers - ours.workers), abs(row.records - ours.records))
    }

    private func best(
        _ target: Target,
        _ ours: Measurement,
        where isAsked: (Engine) -> Bool
    ) -> Outcome.Compared? {
        let found = medians.filter { row in
            row.phase == target.phase && row.workers == ours.workers
                && row.records == ours.records && isAsked(Engine(row.engine))
        }.compactMap { compared($0, target.figure, $0.engine) }
        return target.figure.isBetterHigher
            ? found.max { $0.value < $1.value } : found.min { $0.value < $1.value }
    }

    private func own(
        _ figure: Figure,
        _ phase: String,
        _ workers: Int,
        _ target: Target,
        _ ours: Measurement
    ) -> Outcome.Compared? {
        let row = medians.first { row in
            row.engine == target.ours && row.phase == phase && row.workers == workers
                && row.records == ours.records
        }
        let place = phase == target.phase ? "" : ", \(phase)"
        return row.flatMap { compared($0, figure, "own \(figure.heading)\(place)") }
    }

    private func fewestRecords(_ target: Target, _ ours: Measurement) -> Outcome.Compared? {
        let rows = medians.filter { row in
            row.engine == target.ours && row.phase == target.phase
                && row.workers == target.workers && row.records < ours.records
                && target.figure.value(of: row) != nil
        }
        return rows.min { $0.records < $1.records }.flatMap { row in
            compared(row, target.figure, "\(Notation.plain.count(row.records)) sessions")
        }
    }

    /// Compares each number of workers, up to that of `last`, with the one before.
    private func worstStep(_ target: Target, upTo last: Measurement) -> Outcome {
        let rows = medians.filter { row in
            row.engine == target.ours && row.phase == target.phase
                && row.records == last.records && row.workers <= last.workers
        }.sorted { $0.workers < $1.workers }
        let steps = zip(rows, rows.dropFirst()).map { fewer, more in
            let step = "own, from \(fewer.workers) to \(more.workers) tasks"
            return Outcome(
                target,
                ours: compared(more, target.figure, target.ours),
                basis: compared(fewer, target.figure, step)
            )
        }
        let worst = steps.filter { $0.judged != nil }.min { first, second in
            let isWorse = (first.judged ?? 0) < (second.judged ?? 0)
            return target.figure.isBetterHigher ? isWorse : !isWorse
        }
        return worst
            ?? Outcome(target, ours: compared(last, target.figure, target.ours), basis: nil)
    }

    private func compared(
        _ row: Measurement,
        _ figure: Figure,
        _ name: String
    ) -> Outcome.Compared? {
        figure.value(of: row).map { value in
            Outcome.Compared(name: name, value: value, records: row.records)
        }
    }
}
