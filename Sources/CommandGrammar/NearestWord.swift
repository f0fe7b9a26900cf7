/// Finds the word that a typing error most likely stands for.
package enum NearestWord {
    /// Returns nil where nothing is near: more than a third of the letters, or more than two, differ.
    package static func find(_ typed: String, in words: [String]) -> String? {
        let letters = Array(typed.lowercased())
        guard (2...40).contains(letters.count) else { return nil }
        let limit = letters.count < 5 ? 1 : 2
        var seen: Set<String> = []
        let possible = words.filter { word in
            // A word that is longer or shorter by more differs by more.
            (word.count - letters.count).magnitude <= limit && seen.insert(word).inserted
        }
        let near = possible.map { (word: $0, distance: distance(letters, Array($0.lowercased()))) }
            .min { ($0.distance, $0.word) < ($1.distance, $1.word) }
        guard let near, near.distance <= limit else { return nil }
        return near.word
    }

    /// Edits between two words: letters added, left out, replaced, or swapped with their neighbour.
    static func distance(_ left: [Character], _ right: [Character]) -> Int {
        var older: [Int] = []
        var previous = Array(0...right.count)
        for (row, letter) in left.enumerated() {
            var current = [row + 1]
            for (column, other) in right.enumerated() {
                var best = min(
                    previous[column + 1] + 1, current[column] + 1,
                    previous[column] + (letter == other ? 0 : 1))
                let swapped = row > 0 && column > 0 && letter == right[column - 1] && left[row - 1] == other
                if swapped { best = min(best, older[column - 1] + 1) }
                current.append(best)
            }
            older = previous
            previous = current
        }
        return previous[right.count]
    }
}
