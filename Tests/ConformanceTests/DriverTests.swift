import FileSessions
import SessionConformance
import SessionCore
import SimulatedDisks
import Testing

@testable import FileSessions

/// The drivers, each held to every promise that it can keep.
@Suite(.timeLimit(.minutes(15))) struct DriverTests {
    @Test(arguments: ConformanceCheck.all(for: MemorySubject.features))
    func `memory keeps the contract`(check: ConformanceCheck) async throws {
        try await check.run(MemorySubject())
    }

    @Test(arguments: ConformanceCheck.all(for: SimulatedFileSubject.features))
    func `file keeps the contract`(check: ConformanceCheck) async throws {
        try await check.run(SimulatedFileSubject())
    }

    @Test(arguments: ConformanceCheck.all(for: FileSubject.features))
    func `file keeps the contract on a real disk`(check: ConformanceCheck) async throws {
        try await check.run(try FileSubject())
    }

    @Test(arguments: ConformanceCheck.all(for: DictionarySubject.features))
    func `three methods keep the contract`(check: ConformanceCheck) async throws {
        try await check.run(DictionarySubject())
    }

    @Test(arguments: ConformanceCheck.all(for: FlawedSubject.features))
    func `the store that flaws are put in keeps the contract`(check: ConformanceCheck)
        async throws
    {
        try await check.run(FlawedSubject(nil))
    }

    @Test func `every driver is held to what it can do`() {
        let counts = [
            ("memory", MemorySubject.features), ("file", SimulatedFileSubject.features),
            ("file, real disk", FileSubject.features), ("dictionary", DictionarySubject.features),
        ]
        for (name, features) in counts {
            let count = ConformanceCheck.all(for: features).count
            print("conformance: \(count) checks of \(ConformanceCheck.all.count) for \(name)")
        }
        #expect(Set(ConformanceCheck.all.map(\.name)).count == ConformanceCheck.all.count)
        #expect(ConformanceCheck.all(for: []).count >= 45)
        #expect(ConformanceCheck.all(for: SimulatedFileSubject.features).count >= 70)
        for check in ConformanceCheck.all {
            #expect(check.needs.isDisjoint(with: check.needsNo))
        }
    }
}
