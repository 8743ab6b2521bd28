extension RecordHead {
    /// Checks all of `record`, and decodes its head; nil unless it is what was written at this
    /// place of this segment for `key`.
    ///
    /// - Parameters:
    ///   - record: Head, key, body and padding, and nothing else.
    ///   - key: Whose it should be.
    ///   - byteOffset: Where the record is in its segment.
    ///   - salt: The segment's.
    ///   - layout: The segment's.
    package init?(
        checking record: Span<UInt8>,
        key: Span<UInt8>,
        byteOffset: Int,
        salt: UInt64,
        layout: RecordLayout
    ) {
        guard
            let head = try? RecordHead(
                decoding: record,
                at: 0,
                byteOffset: byteOffset,
                salt: salt,
                layout: layout
            ),
            head.recordByteCount == record.count, head.keyByteCount == key.count,
            record.matches(key, at: head.headByteCount),
            (try? Record.checkBody(of: head, in: record, at: 0)) != nil
        else { return nil }
        self = head
    }
}
