"""Invented names of applicants, as common and as rare as real ones: a few family names carry most people."""

from __future__ import annotations

from random import Random

FAMILIES = (
    ("Nguyễn", 31), ("Hoàng", 12), ("Nông", 10), ("Lương", 8), ("Vi", 7), ("Trần", 6), ("Lý", 5), ("Triệu", 4),
    ("Hứa", 4), ("Đặng", 3), ("Bế", 3), ("Lộc", 2), ("Chu", 2), ("Mã", 1), ("Lăng", 1), ("Đàm", 1),
)  # fmt: skip
"""Family names of a northern border province, with how many of a hundred people bear each."""

MIDDLES = ("Thị", "Văn", "Đức", "Minh", "Ngọc", "Quốc", "Thanh", "Hồng", "Xuân", "Bích", "Thu", "Hải", "Tiến", "Mạnh")
GIVEN = (
    "An", "Anh", "Bình", "Châu", "Cường", "Dung", "Dũng", "Duy", "Đạt", "Giang", "Hà", "Hải", "Hạnh", "Hiền", "Hiếu",
    "Hòa", "Hoài", "Huệ", "Hùng", "Hương", "Khánh", "Kiên", "Lan", "Linh", "Long", "Mai", "Nam", "Nga", "Nghĩa", "Ngân",
    "Nhung", "Oanh", "Phong", "Phúc", "Phương", "Quân", "Quyên", "Sơn", "Tâm", "Thảo", "Thắng", "Thủy", "Trang", "Tú",
    "Tuấn", "Tùng", "Uyên", "Vân", "Vinh", "Yến",
)  # fmt: skip
TRADES = ("Cơ khí", "Du lịch", "Vận tải", "Xây dựng", "Thương mại", "Chế biến gỗ", "Điện lạnh", "In ấn", "Nông sản")
PLACES = ("Đồng Đăng", "Kỳ Lừa", "Tam Thanh", "Cao Lộc", "Hữu Lũng", "Chi Lăng", "Lộc Bình", "Bắc Sơn", "Văn Quan")


def invented_name(chance: Random) -> str:
    """A person, or in one case of five a company."""
    if chance.random() < 0.2:
        return f"Công ty TNHH {chance.choice(TRADES)} {chance.choice(PLACES)} {chance.randrange(1, 400)}"
    family = chance.choices([name for name, _ in FAMILIES], [weight for _, weight in FAMILIES])[0]
    return f"{family} {chance.choice(MIDDLES)} {chance.choice(MIDDLES)} {chance.choice(GIVEN)}"


QUERIES = ("nguyen", "hoang thi", "lan", "yen", "ma bich oanh", "nguyen duc minh phuc", "tri", "co khi", "bac son 17",
           "dam quoc", "chi lang", "lang xuan hai uyen", "v", "quyen", "khong co ai ten nay")  # fmt: skip
"""What people type: one common word, several, a beginning, a rare name, and one that nobody bears."""
