from fastapi import APIRouter

router = APIRouter()


@router.get("/")
async def orders() -> list[str]:
    return ["apples", "pears"]
