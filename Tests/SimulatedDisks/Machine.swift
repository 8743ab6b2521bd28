import DiskIO

/// Everything a simulated disk knows, guarded by its one lock.
struct Machine: Sendable {
    /// What the disk says it can still take when it has no capacity set.
    static let boundlessByteCount = 1 << 40

    /// Where files stop growing, so that a wild offset is an error and not the end of the process.
    static let fileByteCountMax = 1 << 30

    var volume = Volume()
    var random: SplitMix64

    // What happened.
    var operationCount = 0
    var operations: [DiskOperation] = []
    var recordsOperations = true
    var onOperation: (@Sendable (Int, DiskOperation) -> Void)?

    // What is to go wrong.
    var faults: [ArmedFault] = []
    var metFaultCount = 0
    var cutNumber: Int?
    var isCut = false

    // Limits.
    var capacity: Int?
    var openFileCountMax: Int?
    var openFileCount = 0
    var areLocksSupported = true
    var lockedFiles: Set<Int> = []

    // Time.
    var wallClock: Int64 = 1_750_000_000_000
    var monotonic: UInt64 = 1_000_000_000
    var autoAdvance: Int64 = 0

    init(seed: UInt64) {
        random = SplitMix64(seed: seed)
    }

    /// Returns the machine after a restart, or a copy of it: nothing open, nothing counted or
    /// armed.
    func restarted(with volume: Volume, seed: UInt64?) -> Machine {
        var machine = Machine(seed: 0)
        machine.volume = volume
        machine.random = seed.map { SplitMix64(seed: $0) } ?? random
        machine.recordsOperations = recordsOperations
        machine.capacity = capacity
        machine.openFileCountMax = openFileCountMax
        machine.areLocksSupported = areLocksSupported
        machine.wallClock = wallClock
        machine.monotonic = monotonic
        machine.autoAdvance = autoAdvance
        return machine
    }

    // MARK: Counting

    mutating func number(_ operation: DiskOperation) throws(DiskError) -> Int {
        guard !isCut else { throw Machine.powerCut(operation) }
        operationCount += 1
        if recordsOperations { operations.append(operation) }
        return operationCount
    }

    /// Decides what becomes of an operation; faults that are nothing but an error are thrown here.
    mutating func verdict(
        on operation: DiskOperation,
        number: Int
    ) throws(DiskError) -> Verdict {
        guard !isCut else { throw Machine.powerCut(operation) }
        if number == cutNumber {
            isCut = true
            return .powerCut
        }
        // Every armed fault counts its matches, whichever of them strikes.
        var striking: Fault?
        for index in faults.indices where faults[index].strikes(number, operation) {
            striking = striking ?? faults[index].fault
        }
        guard let striking else { return .proceed }
        metFaultCount += 1
        switch (striking, operation.kind) {
        case (.shortTransfer, _), (.lostWrite, _), (.syncFailure, _): return .fault(striking)
        case (.inputOutput, .write), (.diskFull, .write): return .fault(striking)
        default: throw striking.error(for: operation)
        }
    }

    static func powerCut(_ operation: DiskOperation) -> DiskError {
        DiskError(.inputOutput, operation.kind, operation.name, detail: "power cut")
    }

    // MARK: Limits

    /// Returns how many more bytes fit, `nil` without a limit.
    var roomByteCount: Int? {
        capacity.map { max(0, $0 - volume.usedByteCount) }
    }

    mutating func openHandle(for operation: DiskOperation) throws(DiskError) {
        if let openFileCountMax, openFileCount >= openFileCountMax {
            throw DiskError(
                .tooManyOpenFiles, operation.kind, operation.name, detail: "simulated")
        }
        openFileCount += 1
    }

    mutating func closeHandle(on fileID: Int?) {
        openFileCount -= 1
        guard let fileID, volume.files[fileID] != nil else { return }
        volume.files[fileID]?.handleCount -= 1
        // Only the last handle of a file without a name can make garbage; directory syncs see to
        // the rest.
        if volume.files[fileID]?.handleCount == 0 { volume.collectGarbage() }
    }

    /// What becomes of one operation.
    enum Verdict {
        case proceed

        /// Its effect becomes pending, and it does not return.
        case powerCut

        /// It goes wrong in a way only the operation itself can play.
        case fault(Fault)
    }
}
