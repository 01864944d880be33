rootProject.name = "prices"
