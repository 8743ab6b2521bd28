#if Mongo
    /// Bytes as people write them.
    func bytes(_ hexadecimal: String...) -> [UInt8] {
        let digits = hexadecimal.joined().utf8.map { byte in
            Int(String(UnicodeScalar(byte)), radix: 16) ?? 0
        }
        return stride(from: 0, to: digits.count, by: 2).map {
            UInt8(digits[$0] << 4 | digits[$0 + 1])
        }
    }
#endif
