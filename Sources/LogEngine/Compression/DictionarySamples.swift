/// A part of the sessions that a segment is to hold: most to train a dictionary with, and every
/// eighth to see what it is worth.
package struct DictionarySamples {
    /// Enough for the longest dictionary: four times as much makes it no better, and takes four
    /// times as long.
    package static let byteCountMax = 1_600_000

    /// Of a longer text, the beginning.
    static let sampleByteCountMax = 16 * 1_024

    private static let heldOutShare = 8

    var training = ZstandardSamples()
    var heldOut: [[UInt8]] = []
    private(set) var byteCount = 0
    private var count = 0

    package init() {}

    /// Whether there are enough; more would only take longer.
    package var isFull: Bool { byteCount >= Self.byteCountMax }

    /// Adds a session; they should come from all over what is to be compressed, for sessions that
    /// were written together are alike.
    package mutating func add(_ value: [UInt8], key: [UInt8]) {
        let text = (KeyReferences.text(of: value, key: key) ?? value)
            .prefix(Self.sampleByteCountMax)
        count += 1
        byteCount += text.count
        if count % Self.heldOutShare == 0 {
            heldOut.append([UInt8](text))
        } else {
            training.append(text)
        }
    }
}
