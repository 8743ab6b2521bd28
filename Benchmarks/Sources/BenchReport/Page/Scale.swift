import Glibc

/// Where a value stands along an axis, from 0 to 1.
struct Scale {
    var lower: Double
    var upper: Double
    var isLogarithmic: Bool

    /// How many times the largest value is the smallest; where it is many, bars from zero would
    /// hide the smaller ones.
    static func range(_ values: [Double]) -> Double {
        let positive = values.filter { $0 > 0 && $0.isFinite }
        return (positive.max() ?? 1) / (positive.min() ?? 1)
    }

    /// A scale for bars, from zero, or when it is logarithmic from a decade below the smallest.
    init(bars values: [Double], isLogarithmic: Bool) {
        let positive = values.filter { $0 > 0 && $0.isFinite }
        let most = positive.max() ?? 1
        let least = positive.min() ?? 1
        self.isLogarithmic = isLogarithmic
        upper = most
        lower = 0
        guard isLogarithmic else { return }
        // A bar that starts at its own value would have no length.
        let decade = Self.decade(under: least)
        lower = least / decade < 1.5 ? decade / 10 : decade
    }

    /// A logarithmic scale of whole decades that has room for points.
    init(points values: [Double]) {
        let positive = values.filter { $0 > 0 && $0.isFinite }
        isLogarithmic = true
        lower = Self.decade(under: positive.min() ?? 1)
        upper = lower
        while upper < positive.max() ?? 1 || upper == lower { upper *= 10 }
    }

    /// A logarithmic scale from the smallest value to the largest.
    init(steps values: [Double]) {
        isLogarithmic = true
        let positive = values.filter { $0 > 0 && $0.isFinite }
        lower = positive.min() ?? 1
        upper = positive.max() ?? 1
    }

    /// The place of `value`; of what is outside, the end that is nearer.
    func place(_ value: Double) -> Double {
        guard upper > lower else { return 0.5 }
        guard isLogarithmic else { return clamped((value - lower) / (upper - lower)) }
        guard value > 0, lower > 0 else { return 0 }
        return clamped(log10(value / lower) / log10(upper / lower))
    }

    /// The decades of a logarithmic scale.
    var decades: [Double] {
        guard isLogarithmic, lower > 0 else { return [] }
        var ticks: [Double] = []
        var decade = Self.decade(under: lower)
        while decade <= upper * 1.000_001 {
            if decade >= lower * 0.999_999 { ticks.append(decade) }
            decade *= 10
        }
        return ticks
    }

    private func clamped(_ part: Double) -> Double { min(max(part, 0), 1) }

    private static func decade(under value: Double) -> Double {
        pow(10, (log10(value) + 1e-9).rounded(.down))
    }
}
